import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { describe, expect, test } from "vitest";
import { useSandbox } from "../../support/sandbox.ts";
import { callIn, failureIn } from "./in-process.ts";

const sandbox = useSandbox();

describe.each([
  ["fs.read", (path: string) => ({ path })],
  ["fs.cat", (path: string) => ({ path })],
  ["fs.stream", (path: string) => ({ path })],
  ["fs.tail", (path: string) => ({ path })],
  ["fs.hash", (path: string) => ({ path })],
  ["fs.verify", (path: string) => ({ path, hash: "00" })],
  ["fs.diff-files", (path: string) => ({ a: path, b: path })],
] as const)("%s", (name, params) => {
  test("of a missing file is NOT_FOUND", async () => {
    expect((await failureIn(sandbox, name, params("missing"))).code).toBe("NOT_FOUND");
  });
  test("of a directory is IS_A_DIRECTORY", async () => {
    await mkdir(sandbox.path("folder"));
    const error = await failureIn(sandbox, name, params("folder"));
    expect(error.code).toBe("IS_A_DIRECTORY");
    expect(error.message).toContain(`${name} failed on ${sandbox.path("folder")}`);
  });
  test("of a FIFO is refused and does not wait for a writer", async () => {
    execFileSync("mkfifo", [sandbox.path("fifo")]);
    const error = await failureIn(sandbox, name, params("fifo"));
    expect(error.code).toBe("INVALID_PARAMS");
    expect(error.message).toContain("FIFO");
  });
});

test("a socket is refused", async () => {
  const server = createServer().listen(sandbox.path("socket"));
  await once(server, "listening");
  const error = await failureIn(sandbox, "fs.read", { path: "socket" });
  server.close();
  expect(error.code).toBe("INVALID_PARAMS");
  expect(error.message).toContain("socket");
});

test.skipIf(process.platform !== "linux")(
  "files of /proc, whose reported size is 0, and devices are read",
  async () => {
    const version = await readFile("/proc/version", "utf8");
    expect(await callIn(sandbox, "fs.read", { path: "/proc/version" })).toBe(version);
    expect(await callIn(sandbox, "fs.tail", { path: "/proc/version" })).toEqual([version.trimEnd()]);
    expect(await callIn(sandbox, "fs.read", { path: "/dev/null" })).toBe("");
  },
);
