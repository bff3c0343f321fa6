import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { createServer } from "node:net";
import { pino } from "pino";
import { expect, test } from "vitest";
import { clearSocketPath } from "../../../cmd/xsys/server/clear-socket-path.ts";
import { useSandbox } from "../../support/sandbox.ts";

const sandbox = useSandbox();
const log = pino({ level: "silent" });

test.each([
  ["an empty file", "s", ""],
  ["a file of a socket's name", "xhsc-1.sock", "left over"],
])("%s is removed", async (_title, name, contents) => {
  const path = await sandbox.write(name, contents);
  clearSocketPath(path, log);
  expect(existsSync(path)).toBe(false);
});

test("a file that somebody may need stays", async () => {
  const path = await sandbox.write("notes.txt", "mine");
  clearSocketPath(path, log);
  expect(await sandbox.read("notes.txt")).toBe("mine");
});

test("a folder, a socket and nothing at all are left to whoever listens", async () => {
  await mkdir(sandbox.path("d.sock"));
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(sandbox.path("s.sock"), resolve));
  for (const name of ["d.sock", "s.sock", "gone.sock"]) clearSocketPath(sandbox.path(name), log);
  expect([existsSync(sandbox.path("d.sock")), existsSync(sandbox.path("s.sock"))]).toEqual([true, true]);
  server.close();
});
