import { createHash } from "node:crypto";
import { text } from "node:stream/consumers";
import { setTimeout } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import { type Client, connect } from "../../../clients/typescript/index.ts";
import { MAX_TERMINALS, terminalsOf } from "../../../internal/commands/terminal/shared/terminals.ts";
import { oneShotHost } from "../../../internal/host/one-shot-host.ts";
import { Router } from "../../../internal/host/router.ts";
import type { Service } from "../../../internal/host/service.ts";
import type { Params } from "../../../protocol/commands/index.ts";
import { fakeCall } from "../../support/fake-call.ts";
import { useSandbox } from "../../support/sandbox.ts";
import { startTestService } from "../../support/service.ts";
import { asleep, gone, Keyboard, Screen } from "./support.ts";

const sandbox = useSandbox();
const cleanUps: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function start(): Promise<{ service: Service; xsys: Client }> {
  const service = await startTestService({ root: sandbox.root });
  cleanUps.push(async () => {
    service.stop(true);
    await service.ended;
  });
  return { service, xsys: await client(service) };
}

async function client({ socket }: Service): Promise<Client> {
  const xsys = await connect({ socket });
  cleanUps.push(() => xsys.close());
  return xsys;
}

/** Opens a terminal with a shell script and waits until it has started. */
async function openShell(xsys: Client, script: string, params: Partial<Params<"terminal.open">> = {}) {
  const keyboard = new Keyboard();
  const bytes = xsys.terminal.open({ command: "sh", args: ["-c", script], ...params }, { input: keyboard });
  bytes.on("error", () => {});
  const { value } = await bytes.events[Symbol.asyncIterator]().next();
  return {
    bytes,
    keyboard,
    screen: new Screen(bytes),
    ...(value as { started: { terminal: number; pid: number } }).started,
  };
}

describe("a program in a terminal", () => {
  test("is notified of a new size", async () => {
    const { xsys } = await start();
    const { screen, keyboard, bytes, terminal } = await openShell(xsys, "stty size; read line; stty size", {
      cols: 90,
    });
    await screen.shows("24 90\r\n");
    await xsys.terminal.resize({ terminal, cols: 132, rows: 43 });
    keyboard.type("\n");
    await screen.shows("43 132\r\n");
    await screen.rest();
    expect(await bytes.result).toEqual({ exit_code: 0 });
  });

  test("gets ^C as SIGINT, and a signal by its name", async () => {
    const { xsys } = await start();
    const script = "trap 'echo INT' INT; trap 'echo USR1; exit 4' USR1; echo ready; while :; do sleep 0.02; done";
    const { screen, keyboard, bytes, terminal } = await openShell(xsys, script);
    await screen.shows("ready");
    keyboard.type("\x03");
    await screen.shows("INT");
    await xsys.terminal.signal({ terminal, signal: "SIGUSR1" });
    await screen.shows("USR1");
    await screen.rest();
    expect(await bytes.result).toEqual({ exit_code: 4 });
  });

  test("that is ended by a signal reports the signal", async () => {
    const { xsys } = await start();
    const { screen, bytes } = await openShell(xsys, "kill -KILL $$");
    await screen.rest();
    expect(await bytes.result).toEqual({ exit_code: 0, signal: "SIGKILL" });
  });

  test("has the service's environment without its terminal's size, plus the caller's variables", async () => {
    const { xsys } = await start();
    process.env.COLUMNS = "11";
    cleanUps.push(() => void delete process.env.COLUMNS);
    const { screen } = await openShell(xsys, 'echo "[$HOME][$EXTRA][$COLUMNS]"', { env: { EXTRA: "more" } });
    expect(await screen.rest()).toBe(`[${process.env.HOME ?? ""}][more][]\r\n`);
  });

  test("is looked up in its own PATH, and must be executable", async () => {
    const { xsys } = await start();
    await sandbox.write("bin/own", "#!/bin/sh\necho own\n", 0o755);
    await sandbox.write("bin/text", "text", 0o644);
    const env = { PATH: `${sandbox.path("bin")}:/usr/bin:/bin` };
    expect(await text(xsys.terminal.open({ command: "own", env }))).toContain("own\r\n");
    expect(await text(xsys.terminal.open({ command: "./own", cwd: "bin" }))).toContain("own\r\n");
    await sandbox.write("first/own", "#!/opt/none/x\n", 0o755);
    const both = { PATH: `${sandbox.path("first")}:${env.PATH}` };
    expect(await text(xsys.terminal.open({ command: "own", env: both }))).toContain("own\r\n");
    await expect(text(xsys.terminal.open({ command: "bin/text" }))).rejects.toMatchObject({ code: "DENIED" });
    await expect(text(xsys.terminal.open({ command: "bin" }))).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(text(xsys.terminal.open({ command: "sh", cwd: "bin/own" }))).rejects.toMatchObject({
      code: "NOT_A_DIRECTORY",
    });
  });
});

/** Opens a terminal in this process, with a reader as slow as the test wants. */
async function openHere(params: Params<"terminal.open">, write: (bytes: Uint8Array) => Promise<void>) {
  const cancel = new AbortController();
  const started = Promise.withResolvers<number>();
  const written = Promise.withResolvers<void>();
  const call = fakeCall({
    signal: cancel.signal,
    input: new Keyboard(), // types nothing: at the end of its input, the terminal would show ^D
    output: {
      write: (bytes) => {
        written.resolve();
        return write(bytes);
      },
    },
    events: {
      ready: true,
      emit: async (event) => started.resolve((event as { started: { pid: number } }).started.pid),
    },
  });
  const result = new Router(oneShotHost({ root: sandbox.root })).call(
    "terminal.open",
    params,
    call,
  ) as Promise<unknown>;
  const pid = await started.promise;
  await written.promise;
  return { pid, result, cancel };
}

describe("flow control", () => {
  test("stops a program without a reader, and passes on no more than the first chunk", async () => {
    const chunks: number[] = [];
    const { pid, result, cancel } = await openHere({ command: "yes" }, (bytes) => {
      chunks.push(bytes.length);
      return new Promise(() => {});
    });
    await asleep(pid);
    expect(chunks).toHaveLength(1);
    expect(chunks[0]).toBeLessThanOrEqual(65_536);
    cancel.abort(new Error("enough"));
    await gone(pid);
    result.catch(() => {}); // still waits for its reader; in a real call, cancellation ends that wait
  });

  test("keeps the complete output of a program that ended long before its output was read", async () => {
    const chunks: string[] = [];
    const read = Promise.withResolvers<void>();
    const command = {
      command: "sh",
      args: ["-c", "stty raw; echo BEGIN; head -c 72000 /dev/zero | tr '\\0' x; echo END"],
    };
    const { pid, result } = await openHere(command, (bytes) => {
      chunks.push(Buffer.from(bytes).toString());
      return read.promise;
    });
    await gone(pid);
    await setTimeout(300); // node-pty closes the terminal 200 ms after the exit, without any event
    read.resolve();
    expect(await result).toEqual({ exit_code: 0 });
    expect(chunks.join("")).toBe(`BEGIN\n${"x".repeat(72_000)}END\n`);
  });

  test("holds back input that the program does not read, and loses none of it", async () => {
    const { xsys } = await start();
    const typed = Buffer.alloc(1_500_000, "0123456789abcdef");
    const { screen, keyboard, terminal } = await openShell(
      xsys,
      "stty raw -echo; trap 'go=1' USR1; echo ready; until [ $go ]; do sleep 0.02; done; head -c 1500000 | sha256sum",
    );
    await screen.shows("ready");
    keyboard.type(typed.toString());
    await xsys.terminal.signal({ terminal, signal: "SIGUSR1" });
    await screen.shows(createHash("sha256").update(typed).digest("hex"));
    await screen.rest();
  });
});

describe("a terminal", () => {
  test("is unknown to connections other than the one that opened it", async () => {
    const { service, xsys } = await start();
    const { terminal } = await openShell(xsys, "cat");
    const other = await client(service);
    const missing = { code: "NOT_FOUND", details: { terminal } };
    await expect(other.terminal.resize({ terminal, cols: 10, rows: 10 })).rejects.toMatchObject(missing);
    await expect(other.terminal.signal({ terminal, signal: "SIGKILL" })).rejects.toMatchObject(missing);
    await xsys.terminal.resize({ terminal, cols: 10, rows: 10 });
  });

  test("ends with its connection, together with background jobs of its shell in process groups of their own", async () => {
    const { xsys } = await start();
    const { screen, pid } = await openShell(xsys, "set -m; sleep 1000 & echo job $!; wait");
    const job = Number((await screen.shows(/job \d+\r/)).slice(4));
    xsys.close();
    await Promise.all([gone(pid), gone(job)]);
  });

  test("is killed if its program ignores SIGHUP", async () => {
    const { xsys } = await start();
    const { screen, bytes, pid } = await openShell(xsys, "trap '' HUP; echo ready; while :; do sleep 0.05; done");
    await screen.shows("ready");
    bytes.destroy();
    await gone(pid);
  });

  test("is unknown after it has ended", async () => {
    const { xsys } = await start();
    const { screen, terminal, bytes } = await openShell(xsys, "true");
    await screen.rest();
    await bytes.result;
    await expect(xsys.terminal.resize({ terminal, cols: 9, rows: 9 })).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  test(`at most ${MAX_TERMINALS} terminals can be open`, () => {
    const terminals = terminalsOf(oneShotHost({ root: sandbox.root }));
    const free = Array.from({ length: MAX_TERMINALS }, () => terminals.reserve());
    expect(() => terminals.reserve()).toThrow(expect.objectContaining({ code: "LIMIT_EXCEEDED" }));
    free[0]?.();
    terminals.reserve();
  });

  test("a program that could not be started does not count towards the limit", async () => {
    const { xsys } = await start();
    for (let i = 0; i <= MAX_TERMINALS; i++) {
      await expect(text(xsys.terminal.open({ command: "no-such-program" }))).rejects.toMatchObject({
        code: "NOT_FOUND",
      });
    }
  });
});
