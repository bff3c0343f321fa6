import { pino } from "pino";
import { beforeEach, expect, test } from "vitest";
import { auditPlugins } from "../../../cmd/xsys/server/audit-plugins.ts";
import { useSandbox } from "../../support/sandbox.ts";

const sandbox = useSandbox();
let logged: Record<string, unknown>[];

beforeEach(() => {
  logged = [];
});

function audit(...folders: string[]): Promise<void> {
  const log = pino({}, { write: (line: string) => void logged.push(JSON.parse(line)) });
  return auditPlugins(
    folders.map((folder) => sandbox.path(folder)),
    log,
  );
}

test("a plugin that is not revoked passes without a log line", async () => {
  await sandbox.write("p/package.json", JSON.stringify({ name: "p", xfpm: { revoked: false } }));
  await audit("p");
  expect(logged).toEqual([]);
});

test("a revoked plugin is rejected, and the error names it", async () => {
  await sandbox.write("p/package.json", JSON.stringify({ name: "@x/p", xfpm: { revoked: true } }));
  await expect(audit("p")).rejects.toMatchObject({
    code: "DENIED",
    message: `the plugin @x/p in ${sandbox.path("p")} has been revoked (xfpm.revoked in its package.json)`,
  });
});

test("a signature is logged as not verified", async () => {
  await sandbox.write("p/package.json", '{"name":"p"}');
  await sandbox.write("p/xypriss.plugin.xsig", "?");
  await audit("p");
  expect(logged).toMatchObject([{ level: 40, plugin: "p", msg: expect.stringContaining("not verified") }]);
});

test.each([
  ["is not JSON", "{"],
  ["is not an object", "null"],
  ["is too large", " ".repeat(1024 * 1024 + 1)],
])("a package.json that %s is logged, and the next plugin is checked", async (_title, contents) => {
  await sandbox.write("p/package.json", contents);
  await sandbox.write("q/package.json", '{"name":"q","xfpm":{"revoked":true}}');
  await expect(audit("gone", "p", "q")).rejects.toThrow("the plugin q");
  expect(logged).toMatchObject([
    { level: 40, file: sandbox.path("gone/package.json") },
    { level: 40, file: sandbox.path("p/package.json") },
  ]);
});
