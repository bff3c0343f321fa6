import { setTimeout as pause } from "node:timers/promises";
import type { Comparison } from "../comparison.ts";
import { withApplication } from "../failover/with-application.ts";
import type { Amounts } from "./amounts.ts";
import type { Contender } from "./contenders.ts";
import { type AppScene, MET, metBy, NONE_FAILS, STATUS } from "./events.ts";
import type { Outcome } from "./manager.ts";
import { CLIENTS, inTurn, type Measuring } from "./measuring.ts";
import { serve } from "./served-app.ts";
import { Sheet } from "./sheet.ts";

interface Version {
  readonly name: string;
  /** Source code. */
  readonly source: (amounts: Amounts) => string;
}

const SERVER = `
const server = require("node:http").createServer((_, response) => response.end(String(process.pid)));
server.listen(process.env.PORT, "127.0.0.1");
`;
const VERSIONS: readonly Version[] = [
  { name: "exits at once", source: () => `console.error("Error: no database"); process.exit(1);` },
  { name: "never gets ready", source: () => "setInterval(() => {}, 1e9);" },
  {
    name: "dies after 2 s",
    source: ({ diesAfter }) =>
      `${SERVER}setTimeout(() => { console.error("Error: lost"); process.exit(1); }, ${diesAfter});`,
  },
];
/** Milliseconds that the clients are watched after the command. Their requests time out after 2 s. */
const WATCH = 2_500;

/**
 * Measures reloads to versions that do not work, each of an application of its own. Not for pm2 with one process: it has
 * no other one that could serve on.
 */
export async function brokenVersions(measuring: Measuring): Promise<Comparison[]> {
  const comparisons: Comparison[] = [];
  for (const version of VERSIONS) comparisons.push(await brokenVersion(version, measuring));
  return comparisons;
}

async function brokenVersion(version: Version, measuring: Measuring): Promise<Comparison> {
  const { amounts, progress } = measuring;
  const contenders = measuring.contenders.filter(({ processes }) => processes > 1);
  const sheet = new Sheet(contenders, {
    title: `reload to a version that ${version.name}`,
    promise: "the old one serves, no request fails, exit status ≠ 0 with the reason",
    figures: [...MET, STATUS, { name: "old processes that serve", isCount: true }],
    goals: [
      ...NONE_FAILS,
      { figure: "exit status", atLeast: 1, always: true },
      { figure: "old processes that serve", atLeast: 2, always: true },
    ],
    reference: "longest gap",
  });
  await inTurn({ ...measuring, contenders }, 1, (contender) =>
    withApplication(serve(contender), CLIENTS, async (scene) => {
      const noticed = await reloadTo(version, scene, amounts);
      sheet.add(contender.name, noticed.figures);
      sheet.note(noteOf(contender, noticed.outcome));
      progress(`${contender.name}, reload to a version that ${version.name}: ${JSON.stringify(noticed.figures)}`);
    }),
  );
  return sheet.comparison;
}

async function reloadTo({ source }: Version, { application, load }: AppScene, amounts: Amounts) {
  const { answering: former } = await load.look();
  await application.deploy(source(amounts));
  await load.take();
  const outcome = await application.reload();
  await pause(WATCH);
  const { answering } = await load.look();
  return {
    outcome,
    figures: {
      ...metBy(await load.take()),
      "exit status": outcome.status,
      "old processes that serve": former.filter((pid) => answering.includes(pid)).length,
    },
  };
}

function noteOf({ name }: Contender, { status, message, milliseconds }: Outcome): string {
  return `${name}: exit status ${status} after ${(milliseconds / 1_000).toFixed(1)} s${message === "" ? "" : `: ${message}`}`;
}
