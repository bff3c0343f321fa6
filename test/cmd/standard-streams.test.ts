import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync } from "node:fs";
import { createServer, connect as openSocket, type Socket } from "node:net";
import { buffer } from "node:stream/consumers";
import { describe, expect, test } from "vitest";
import { ended, startXsys } from "../support/command-line.ts";
import { PROGRAM_LINE } from "../support/program.ts";
import { useSandbox } from "../support/sandbox.ts";

const sandbox = useSandbox();

describe.skipIf(process.platform === "win32")("output written at once", () => {
  test("is complete although standard output is full for a time", async () => {
    const text = "0123456789".repeat(300_000);
    const file = await sandbox.write("a.txt", text);
    const server = createServer({ pauseOnConnect: true }).listen(sandbox.path("s"));
    await once(server, "listening");
    const accepted = once(server, "connection") as Promise<[Socket]>;
    const socket = openSocket(sandbox.path("s"));
    const [reader] = await accepted;
    // Node makes a child's standard streams blocking. A descriptor that the shell duplicates stays non-blocking.
    const line = `exec ${PROGRAM_LINE} --json fs read "${file}" >&3`;
    const child = spawn("sh", ["-c", line], { stdio: ["ignore", "ignore", "inherit", socket] });
    const end = once(child, "exit");
    socket.destroy();
    const answer = await buffer(reader);
    expect(await end).toEqual([0, null]);
    expect(JSON.parse(String(answer)).data === text).toBe(true);
    server.close();
  });

  test("that nobody reads any more ends the command silently", async () => {
    const child = spawn("sh", ["-c", `${PROGRAM_LINE} --json path join a; echo $? >&2`]);
    child.stdout.destroy();
    expect(String(await buffer(child.stderr))).toBe("0\n");
  });
});

test
  .skipIf(!existsSync("/dev/full"))
  .each([["--version"], ["fs --help"], ["completion bash"], ["__complete fs st"], ["--json path join a"]])(
  "%j reports a write error on standard output in one line",
  async (line) => {
    const full = openSync("/dev/full", "w");
    const child = startXsys(line.split(" "), { stdio: ["ignore", full, "pipe"] });
    closeSync(full);
    const stderr = "xsys: standard output cannot be written: no space left on device\n";
    expect(await ended(child)).toMatchObject({ status: 74, stderr });
  },
);
