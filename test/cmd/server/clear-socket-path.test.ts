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
  ["a file with a socket's name", "xhsc-1.sock", "left over"],
])("%s is removed", async (_title, name, contents) => {
  const path = await sandbox.write(name, contents);
  clearSocketPath(path, log);
  expect(existsSync(path)).toBe(false);
});

test("another file with contents is kept", async () => {
  const path = await sandbox.write("notes.txt", "mine");
  clearSocketPath(path, log);
  expect(await sandbox.read("notes.txt")).toBe("mine");
});

test("a directory, a socket and a missing path are left unchanged", async () => {
  await mkdir(sandbox.path("d.sock"));
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(sandbox.path("s.sock"), resolve));
  for (const name of ["d.sock", "s.sock", "gone.sock"]) clearSocketPath(sandbox.path(name), log);
  expect([existsSync(sandbox.path("d.sock")), existsSync(sandbox.path("s.sock"))]).toEqual([true, true]);
  server.close();
});
