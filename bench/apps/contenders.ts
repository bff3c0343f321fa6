import { existsSync } from "node:fs";
import { OURS } from "../comparison.ts";
import type { Words } from "../files/program.ts";
import { hasPm2 } from "../pm2.ts";
import { EXECUTABLE } from "../served-front.ts";
import type { Manager } from "./manager.ts";
import { pm2Manager } from "./pm2-manager.ts";
import { xsysManager } from "./xsys-manager.ts";

/** A manager, and how it serves an application. */
export interface Contender {
  readonly name: string;
  readonly isOurs: boolean;
  /** `folder`: a new one, in which it may store everything. */
  readonly open: (folder: string) => Manager;
  /** Options to start a server for a port with `processes` processes. */
  readonly serving: (port: number) => readonly string[];
  readonly processes: number;
  /** Options of a single process without a port. Absent for a contender that differs from another one in serving only. */
  readonly single?: readonly string[];
}

export const CLUSTER = "pm2 cluster × 2";

/** The contenders, with `program` as the command line of xsys. */
export function contendersWith(program: Words, flags: readonly string[] = []): Contender[] {
  const xsys = (more: readonly string[]) => ({
    isOurs: true,
    open: xsysManager(program),
    serving: (port: number) => ["--port", String(port), "--clones", "2", ...more, ...flags],
    processes: 2,
  });
  const pm2 = (processes: number, mode: readonly string[], single: readonly string[]) => ({
    isOurs: false,
    open: pm2Manager,
    serving: () => mode,
    processes,
    single,
  });
  return [
    { name: CLUSTER, ...pm2(2, ["-i", "2"], ["-i", "1"]) },
    { name: "pm2 fork × 1", ...pm2(1, [], []) },
    { name: OURS, ...xsys([]), single: flags },
    { name: "xsys, --front socket", ...xsys(["--front", "socket"]) },
  ];
}

/** Those whose programs are installed. */
export function contenders(): Contender[] {
  return contendersWith([EXECUTABLE]).filter(({ isOurs }) => (isOurs ? existsSync(EXECUTABLE) : hasPm2()));
}

export const ABSENT: readonly string[] = [
  ...(hasPm2() ? [] : ["pm2"]),
  ...(existsSync(EXECUTABLE) ? [] : ["dist/xsys, which npm run build makes"]),
];
