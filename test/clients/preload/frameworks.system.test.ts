import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import {
  answersSockets,
  FRAMEWORKS,
  longAnswer,
  postsJson,
  rendersPages,
  servesClients,
} from "../../support/framework-checks.ts";
import { type InstalledFrameworks, installFrameworks } from "../../support/installed-frameworks.ts";
import { useUnchangedApps } from "../../support/unchanged-app.ts";

/** Applications written for real frameworks, which know nothing of xsys, under `xsys server start --preload`. */

const INSTALLATION = 300_000;

let frameworks: InstalledFrameworks;
beforeAll(async () => {
  frameworks = await installFrameworks("preload");
}, INSTALLATION);

const start = useUnchangedApps();

async function startApp(name: string, words: readonly string[] = [], env: NodeJS.ProcessEnv = {}) {
  return await start(["--entry-point", frameworks.app(name), ...words], { env: { ...process.env, ...env } });
}

describe.each(FRAMEWORKS)("%s", (_name, file, env) => {
  test("answers, and no GET fails under kills and a restart", async () => {
    const app = await startApp(file, [], env);
    await postsJson(app.port);
    expect((await app.ask("/nowhere")).status).toBe(404);
    await app.survivesKills(1);
    await app.survivesRestart();
  });
});

test("next, built for production", { timeout: INSTALLATION }, async () => {
  await frameworks.nextIsBuilt;
  const next = join(frameworks.folder, "node_modules/next/dist/bin/next");
  const app = await start(["--worker-command", `node "${next}" start`], { cwd: frameworks.app("next") });
  await postsJson(app.port);
  await rendersPages(app.port);
  await app.survivesKills(1);
  await app.survivesRestart();
});

test("express: clients, uploads, events, and an answer of 30 s that outlives its worker's restart", async () => {
  const app = await startApp("express.cjs", ["--max-body-size", "30m", "--drain-timeout", "60000"]);
  const long = longAnswer(app.port);
  await servesClients(app.port);
  await app.survivesRestart();
  await long;
});

test.each([18, 22] as const)("express on Node %d", async (major) => {
  const node = frameworks.node(major);
  expect(node).toBeDefined();
  const app = await start(["--worker-command", `"${node}" "${frameworks.app("express.cjs")}"`]);
  await postsJson(app.port);
  expect((await app.ask("/client")).status).toBe(200);
  await app.survivesRestart();
});

test("socket.io and ws", async () => {
  const app = await startApp("sockets.cjs", ["--cluster-strategy", "ip-hash"]);
  await answersSockets(app.port, frameworks.folder);
});
