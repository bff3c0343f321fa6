import { lstat, symlink } from "node:fs/promises";
import { Readable } from "node:stream";
import { describe, expect, test } from "vitest";
import { connect } from "../../clients/typescript/index.ts";
import { useChildren } from "../support/children.ts";
import { ended, startXsys, xsys } from "../support/command-line.ts";
import { BUILT } from "../support/program.ts";
import { coreCommand, RawPeer } from "../support/raw-peer.ts";
import { useSandbox } from "../support/sandbox.ts";

const sandbox = useSandbox();
const children = useChildren();

/** Starts a service in its own process and waits until it listens. */
async function serve(...words: string[]) {
  return serveWith({}, ...words);
}

async function serveWith(env: NodeJS.ProcessEnv, ...words: string[]) {
  const options = { cwd: sandbox.root, env: { ...process.env, npm_command: undefined, ...env } };
  const child = startXsys(["serve", "--socket", sandbox.path("s"), ...words], options);
  children.add(child);
  const end = ended(child);
  await new Promise<void>((resolve, reject) => {
    child.stdout?.once("data", () => resolve());
    child.once("exit", (status) => reject(new Error(`ended with ${status}`)));
  });
  return { child, end, socket: sandbox.path("s") };
}

const DEFECTS: readonly [string, string][] = [
  ["throws", 'throw new Error("boom")'],
  ["rejects", 'void Promise.reject(new Error("boom"))'],
];

describe("xsys serve", () => {
  test("listens, suggests a command to try, and serves the command line", async () => {
    await sandbox.write("a.txt", "abc");
    const { child, end, socket } = await serve();
    const { stdout, status } = await xsys(["--connect", socket, "fs", "read", "a.txt"], { cwd: sandbox.root });
    expect([status, stdout]).toEqual([0, "abc\n"]);
    child.kill("SIGTERM");
    const { stdout: announced, stderr: log, status: exit } = await end;
    expect(announced).toContain(`listens on ${socket} (pid ${child.pid})`);
    expect(announced).toContain(`${BUILT === undefined ? "npx " : ""}xsys --connect ${socket} sys info`);
    expect(exit).toBe(0);
    expect(
      log
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line).msg),
    ).toEqual(["listening", "stopping"]);
  });

  test.each(["SIGTERM", "SIGINT"] as const)(
    "on %s finishes calls in flight, accepts no more, and exits with 0",
    async (signal) => {
      const { child, end, socket } = await serve();
      const peer = await RawPeer.connect(socket);
      peer.send({
        type: "CoreCommand",
        id: 1,
        payload: { module: "service", action: "echo", params: {}, input: true },
      });
      peer.send({ type: "Ping" });
      await peer.message();
      child.kill(signal);
      await expect.poll(() => lstat(socket).catch(({ code }) => code)).toBe("ENOENT");
      peer.send(coreCommand("path.join", { segments: ["a"] }, 2));
      expect(await peer.message()).toMatchObject({ id: 2, payload: { code: "UNAVAILABLE" } });
      peer.sendPayload(Buffer.from([3, 1, 0, 0, 0, 1])); // the end of the call's input, so that it can finish
      expect(await peer.message()).toMatchObject({ id: 1, payload: { status: "ok" } });
      await peer.closed;
      expect((await end).status).toBe(0);
    },
  );

  test("on SIGTERM ends endless calls: watches, monitors and terminals", async () => {
    const { child, end, socket } = await serve();
    const client = await connect({ socket });
    const never = new Readable({ read() {} });
    const terminal = client.terminal.open({ command: "cat" }, { input: never }).on("error", () => {});
    const streams = [
      client.watch.files({ paths: ["."] }),
      client.monitor.system({ duration: 0, interval: 0.1 }),
      terminal.events,
    ];
    const iterators = streams.map((stream) => (stream as AsyncIterable<unknown>)[Symbol.asyncIterator]());
    await Promise.all(iterators.map((iterator) => iterator.next()));
    child.kill("SIGTERM");
    const results = await Promise.all(streams.map((stream) => stream.result.catch(({ code }) => code)));
    expect(results).toEqual(["UNAVAILABLE", "UNAVAILABLE", "UNAVAILABLE"]);
    const { status, stderr } = await end;
    expect(status).toBe(0);
    expect(stderr).not.toContain("calls in flight");
    client.close();
  });

  test("does not wait for calls longer than the drain timeout", async () => {
    const { child, end, socket } = await serve("--drain-timeout", "50");
    const peer = await RawPeer.connect(socket);
    peer.send({ type: "CoreCommand", id: 1, payload: { module: "service", action: "echo", params: {}, input: true } });
    peer.send({ type: "Ping" });
    await peer.message();
    child.kill("SIGTERM");
    await peer.closed;
    const { status, stderr } = await end;
    expect(status).toBe(0);
    expect(stderr).toContain("still 1 calls in flight after 50 ms");
  });

  test("stops at once on a second signal", async () => {
    const { child, end, socket } = await serve();
    const peer = await RawPeer.connect(socket);
    peer.send({ type: "CoreCommand", id: 1, payload: { module: "service", action: "echo", params: {}, input: true } });
    peer.send({ type: "Ping" });
    await peer.message();
    child.kill("SIGTERM");
    await expect.poll(() => lstat(socket).catch(({ code }) => code)).toBe("ENOENT");
    child.kill("SIGTERM");
    await peer.closed;
    expect((await end).status).toBe(0);
  });

  test("refuses to start if another service listens on the socket, and names its pid", async () => {
    const { child, socket } = await serve();
    const { status, stderr } = await xsys(["serve", "--socket", socket]);
    expect(status).toBe(75);
    expect(stderr).toBe(`xsys: xsys, pid ${child.pid}, already listens on ${socket}\n`);
  });

  test("with --confine rejects paths outside the root, also through symbolic links", async () => {
    await sandbox.write("root/in.txt", "inside");
    await sandbox.write("out.txt", "outside");
    await symlink("../out.txt", sandbox.path("root/link"));
    const { socket } = await serve("--root", sandbox.path("root"), "--confine");
    const client = await connect({ socket });
    expect(await client.fs.read({ path: "in.txt" })).toBe("inside");
    for (const path of ["../out.txt", sandbox.path("out.txt"), "link"]) {
      await expect(client.fs.read({ path })).rejects.toMatchObject({ code: "DENIED" });
    }
    expect(await client.service.status()).toMatchObject({ confined: true, root: sandbox.path("root") });
    client.close();
  });

  test.each([
    ["--max-frame", "12"],
    ["--max-connections", "many"],
    ["--log-level", "loud"],
    ["--root", "/no/such/folder"],
    ["--sockets", "x"],
  ])("refuses %s %s with a reason", async (option, value) => {
    const { status, stderr } = await xsys(["serve", "--socket", sandbox.path("s"), option, value]);
    expect(status).toBe(option === "--root" ? 66 : 64);
    expect(stderr.split("\n")).toHaveLength(2);
    expect(stderr).toContain(option === "--root" ? value : option.slice(0, 8));
  });

  // The executable ignores NODE_OPTIONS (it only passes it on to programs that it starts), so no script can be injected.
  test.each(BUILT === undefined ? DEFECTS : [])(
    "survives code that %s outside of any call, and logs the error",
    async (_title, defect) => {
      const script = `process.on("SIGUSR2", () => { ${defect} })`;
      const { child, end, socket } = await serveWith({
        NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(script)}`,
      });
      const client = await connect({ socket });
      child.kill("SIGUSR2");
      for (let i = 0; i < 20; i++) expect(await client.path.join({ segments: ["a"] })).toBe("a");
      client.close();
      child.kill("SIGTERM");
      const { status, stderr } = await end;
      expect(status).toBe(0);
      expect(stderr).toContain("boom");
      expect(stderr).toContain("unexpected error outside of any call");
    },
  );

  test("takes its limits from the command line", async () => {
    const { socket } = await serve("--max-frame", "64k", "--max-connections=3", "--max-inflight", "7");
    const client = await connect({ socket });
    expect(client.hello.limits).toEqual({ frame: 65_536, connections: 3, inflight: 7 });
    client.close();
  });
});

describe("xsys status, ping and stop", () => {
  test("ask the running service", async () => {
    const { child, end, socket } = await serve();
    const ping = await xsys(["ping", "--connect", socket, "--json"]);
    expect(JSON.parse(ping.stdout)).toMatchObject({ status: "ok", data: { pid: child.pid } });
    const status = await xsys(["status", "--connect", socket]);
    expect(status.stdout).toMatch(/service\.ping +1/);
    const stop = await xsys(["stop", `--connect=${socket}`]);
    expect([stop.status, stop.stdout]).toEqual([0, ""]);
    expect((await end).status).toBe(0);
  });

  test("report that no service listens on the socket", async () => {
    const { status, stderr } = await xsys(["status", "--connect", sandbox.path("nobody")]);
    expect(status).toBe(69);
    expect(stderr).toBe(
      `xsys: cannot connect to ${sandbox.path("nobody")}: no xsys listens there; start one with: xsys serve\n`,
    );
  });
});
