import { hasPm2 } from "../pm2.ts";
import type { StartApplication } from "./application.ts";
import { nodeCluster } from "./node-cluster.ts";
import { pm2 } from "./pm2.ts";
import { xsys } from "./xsys.ts";

export const ONE = "xsys, 1 worker";
export const STANDBY = "xsys, 1 + a standby";
export const WARMED = "xsys, 1 + a warmed standby";
export const TWO = "xsys, 2 workers";
export const NODE_CLUSTER = "node:cluster × 2";

export const CONTENDERS: ReadonlyMap<string, StartApplication> = present([
  [ONE, xsys(1)],
  [STANDBY, xsys(1, 1)],
  [WARMED, xsys(1, 1, ["--standby-warm-up", "/"])],
  [TWO, xsys(2)],
  ["pm2 cluster × 2", pm2(2)],
  ["pm2 fork × 1", pm2("fork")],
  [NODE_CLUSTER, nodeCluster(2)],
]);

/** For the endurance test: with three workers, one can answer while another is killed and the third starts. */
export const LASTING: ReadonlyMap<string, StartApplication> = present([
  ["xsys", xsys(3)],
  ["pm2 cluster × 3", pm2(3)],
  ["node:cluster × 3", nodeCluster(3)],
]);

export const ABSENT: readonly string[] = hasPm2() ? [] : ["pm2"];

function present(all: readonly (readonly [string, StartApplication])[]): ReadonlyMap<string, StartApplication> {
  return new Map(all.filter(([name]) => !name.startsWith("pm2") || hasPm2()));
}
