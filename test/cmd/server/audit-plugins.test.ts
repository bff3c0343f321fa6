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

test("a plugin that nothing is said against passes without a word", async () => {
  await sandbox.write("p/package.json", JSON.stringify({ name: "p", xfpm: { revoked: false } }));
  await audit("p");
  expect(logged).toEqual([]);
});

test("a plugin that has been revoked is refused by name", async () => {
  await sandbox.write("p/package.json", JSON.stringify({ name: "@x/p", xfpm: { revoked: true } }));
  await expect(audit("p")).rejects.toMatchObject({
    code: "DENIED",
    message: `the plugin @x/p in ${sandbox.path("p")} has been revoked (xfpm.revoked in its package.json)`,
  });
});

test("a signature is told of, and not verified", async () => {
  await sandbox.write("p/package.json", '{"name":"p"}');
  await sandbox.write("p/xypriss.plugin.xsig", "?");
  await audit("p");
  expect(logged).toMatchObject([{ level: 40, plugin: "p", msg: expect.stringContaining("not verified") }]);
});

test.each([
  ["is no JSON", "{"],
  ["is no object", "null"],
  ["is too large to be one", " ".repeat(1024 * 1024 + 1)],
])("a package.json that %s is told of, and the next plugin is looked at", async (_title, contents) => {
  await sandbox.write("p/package.json", contents);
  await sandbox.write("q/package.json", '{"name":"q","xfpm":{"revoked":true}}');
  await expect(audit("gone", "p", "q")).rejects.toThrow("the plugin q");
  expect(logged).toMatchObject([
    { level: 40, file: sandbox.path("gone/package.json") },
    { level: 40, file: sandbox.path("p/package.json") },
  ]);
});
