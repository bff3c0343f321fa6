import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, chown, link, mkdir, readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { connect } from "../../clients/typescript/index.ts";
import { useChildren } from "../support/children.ts";
import { ended } from "../support/command-line.ts";
import { signalProcess } from "../support/signal-process.ts";
import { EXECUTABLE, FRONT, type Home, loneFront, makeHome, runProgram, serveIn } from "./support/fronts.ts";

const OPTIONS = { timeout: 60_000 };
const children = useChildren();
let home: Home;

beforeEach(async () => {
  home = await makeHome();
});
afterEach(async () => {
  await expect.poll(endStarted).toBe(true);
  await home.remove();
});

/** Ends the service that a front has started. False while there is one, which may not listen yet. */
async function endStarted(): Promise<boolean> {
  const lock = join(home.folder, "xsys", "front.lock");
  if (!existsSync(lock) || spawnSync("flock", ["--nonblock", lock, "true"]).status === 0) return true;
  const pid = await startedByFront();
  if (pid !== undefined) signalProcess(pid, "SIGKILL");
  return false;
}

const join_ = ["--json", "path", "join", "a", "b"];
const joined = '{"status":"ok","data":"a/b"}\n';

function front(words: readonly string[], env: NodeJS.ProcessEnv = {}, file = FRONT) {
  return runProgram(file, words, { cwd: home.folder, env: { ...home.env, ...env } });
}

/** Process id of the service on the front's own socket. */
async function startedByFront(): Promise<number | undefined> {
  if (!existsSync(home.frontSocket)) return undefined;
  try {
    const client = await connect({ socket: home.frontSocket, wait: 0 });
    const { pid } = client.hello;
    client.close();
    return pid;
  } catch {
    return undefined;
  }
}

/** Process ids of the processes whose command line contains a text. */
async function processesWith(text: string): Promise<number[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const lines = pids.map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")); // it may have ended
  const found = (await Promise.all(lines)).map((line) => line.includes(text));
  return pids.filter((_, index) => found[index]).map(Number);
}

async function serviceListens(): Promise<number> {
  await expect.poll(startedByFront).toBeDefined();
  return (await startedByFront()) as number;
}

async function isGone(pid: number): Promise<void> {
  await expect.poll(() => existsSync(`/proc/${pid}`)).toBe(false);
}

describe("without a service", () => {
  test("the first call runs the executable and starts a service; the next ones use it", OPTIONS, async () => {
    const lone = await loneFront(home);
    expect(await front(join_)).toMatchObject({ status: 0, stdout: joined, stderr: "" });
    const pid = await serviceListens();
    expect(await front(join_, {}, lone)).toMatchObject({ status: 0, stdout: joined });
    expect(await startedByFront()).toBe(pid);
    const { mode } = await stat(home.frontSocket);
    expect(mode & 0o777).toBe(0o600);
    const line = (await readFile(`/proc/${pid}/cmdline`, "utf8")).split("\0");
    expect(line.slice(1, 6)).toEqual(["serve", "--socket", home.frontSocket, "--idle-timeout", "60"]);
    // It keeps nothing of the caller: neither its streams, nor its session.
    for (const stream of [0, 1, 2]) {
      expect(spawnSync("readlink", [`/proc/${pid}/fd/${stream}`], { encoding: "utf8" }).stdout).toBe("/dev/null\n");
    }
    const status = await readFile(`/proc/${pid}/stat`, "utf8");
    const [, , , , session] = status.slice(status.lastIndexOf(")") + 1).split(" ");
    expect(Number(session)).not.toBe(process.pid);
  });

  test("fronts that start at the same time start one service", OPTIONS, async () => {
    const ends = await Promise.all(Array.from({ length: 8 }, () => front(join_)));
    expect(ends.map(({ status, stdout }) => [status, stdout])).toEqual(ends.map(() => [0, joined]));
    const pid = await serviceListens();
    expect(await processesWith(`--socket\0${home.frontSocket}\0`)).toEqual([pid]);
  });

  test("a service that was killed is replaced", OPTIONS, async () => {
    await front(join_);
    const first = await serviceListens();
    signalProcess(first, "SIGKILL");
    await isGone(first);
    expect(await front(join_)).toMatchObject({ status: 0, stdout: joined });
    await expect.poll(startedByFront).not.toBe(first);
    expect(await serviceListens()).not.toBe(first);
  });

  test("XSYS_FRONT=off starts nothing", OPTIONS, async () => {
    expect(await front(join_, { XSYS_FRONT: "off" })).toMatchObject({ status: 0, stdout: joined });
    expect(await readdir(join(home.folder, "xsys"))).toEqual([]);
  });

  test("words that need their own process start nothing", OPTIONS, async () => {
    const { status, stdout } = await front(["--root", ".", "serve", "--help"]);
    expect([status, stdout.split("\n")[0]]).toEqual([0, "Usage: xsys serve [options]"]);
    expect(await readdir(join(home.folder, "xsys"))).toEqual([]);
  });

  test("commands that need a service fail as without a front", OPTIONS, async () => {
    await front(join_);
    await serviceListens();
    expect(await front(["ping"])).toMatchObject({ status: 69 });
  });

  test("a directory that others can write to is not used", OPTIONS, async () => {
    await chmod(join(home.folder, "xsys"), 0o777);
    expect(await front(join_)).toMatchObject({ status: 0, stdout: joined });
    expect(await readdir(join(home.folder, "xsys"))).toEqual([]);
  });

  test("a started service gets no secrets of the environment, and no socket in another place", OPTIONS, async () => {
    await front(join_, { XSYS_TEST_SECRET: "s" });
    const pid = await serviceListens();
    const names = (await readFile(`/proc/${pid}/environ`, "utf8")).split("\0").map((entry) => entry.split("=")[0]);
    expect(names).toEqual(expect.arrayContaining(["PATH", "XDG_RUNTIME_DIR"]));
    expect(names).not.toContain("XSYS_TEST_SECRET");
  });

  test(
    "a relative directory, a path that is too long, and a directory of another user start nothing",
    OPTIONS,
    async () => {
      const listing = () => readdir(home.folder, { recursive: true });
      const long = join(home.folder, "x".repeat(100));
      await mkdir(long);
      const foreign = join(home.folder, "foreign");
      await mkdir(foreign);
      if (process.getuid?.() === 0) await chown(foreign, 65_534, 65_534);
      const before = await listing();
      for (const XDG_RUNTIME_DIR of [".", long, ...(process.getuid?.() === 0 ? [foreign] : [])]) {
        expect(await front(join_, { XDG_RUNTIME_DIR })).toMatchObject({ status: 0, stdout: joined });
      }
      expect(await listing()).toEqual(before);
    },
  );

  test("a lock that is a symbolic link is not followed", OPTIONS, async () => {
    const target = join(home.folder, "made");
    await symlink(target, join(home.folder, "xsys", "front.lock"));
    expect(await front(join_)).toMatchObject({ status: 0, stdout: joined });
    expect(existsSync(target)).toBe(false);
  });

  test("argv[0] and the process id are kept for the executable", OPTIONS, async () => {
    const child = spawn(FRONT, ["watch", "files", "."], { cwd: home.folder, env: home.env, argv0: "another-name" });
    children.add(child);
    const line = () => readFile(`/proc/${child.pid}/cmdline`, "utf8");
    const program = async () => spawnSync("readlink", [`/proc/${child.pid}/exe`], { encoding: "utf8" }).stdout.trim();
    await expect.poll(program).toBe(EXECUTABLE);
    expect((await line()).split("\0")[0]).toBe("another-name");
  });

  test("without an executable beside it, it says so", OPTIONS, async () => {
    const lone = await loneFront(home);
    const { status, stderr } = await front(join_, { XSYS_FRONT: "off" }, lone);
    expect([status, stderr]).toEqual([
      69,
      `xsys: this program needs the executable beside it, which cannot be run: ${join(home.folder, "xsys-main")}\n`,
    ]);
  });
});

describe("which service", () => {
  test("an idle service ends, but not while a client is connected", OPTIONS, async () => {
    const service = children.add(await serveIn(home, "--idle-timeout", "1"));
    const client = await connect({ socket: home.socket });
    const end = once(service, "exit");
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect(service.exitCode).toBeNull();
    client.close();
    expect(await end).toEqual([0, null]);
    expect(existsSync(home.socket)).toBe(false);
  });

  test("XYPRISS_IPC_PATH comes first, and no other service is used", OPTIONS, async () => {
    const socket = join(home.folder, "app.sock");
    const lone = await loneFront(home);
    const missing = await front(join_, { XYPRISS_IPC_PATH: socket }, lone);
    expect(missing.stderr).toContain("executable beside it");
    children.add(await serveIn({ ...home, socket }));
    expect(await front(join_, { XYPRISS_IPC_PATH: socket }, lone)).toMatchObject({ status: 0, stdout: joined });
    expect(await front(join_, { XSYS_SOCKET: socket }, lone)).toMatchObject({ status: 0, stdout: joined });
    expect(existsSync(home.frontSocket)).toBe(false);
  });

  test("files that a call opens in the service of XYPRISS_IPC_PATH can be used by later calls", OPTIONS, async () => {
    const lone = await loneFront(home);
    children.add(await serveIn(home));
    const call = async (...words: string[]) => {
      const { status, stdout, stderr } = await front(["--json", ...words], { XYPRISS_IPC_PATH: home.socket }, lone);
      expect([status, stderr]).toEqual([0, ""]);
      return JSON.parse(stdout).data;
    };
    await writeFile(join(home.folder, "notes"), "abcdef");
    const handle = await call("fs", "open", "notes", "--flags", "0", "--mode", "0644");
    expect(await call("fs", "handle-read", `${handle}`, "--length", "3")).toEqual({ content: "616263" });
    expect(await call("fs", "close", `${handle}`)).toBeNull();
  });

  test("a confined service is not used", OPTIONS, async () => {
    children.add(await serveIn(home, "--confine"));
    const lone = await loneFront(home);
    expect((await front(join_, { XSYS_FRONT: "" }, lone)).stderr).toContain("executable beside it");
  });

  test("a server that is no xsys is not used", OPTIONS, async () => {
    const server = createServer((socket) => socket.on("error", () => {}).resume());
    server.listen(home.socket);
    await once(server, "listening");
    try {
      const started = performance.now();
      expect(await front(join_)).toMatchObject({ status: 0, stdout: joined });
      expect(performance.now() - started).toBeGreaterThan(1_900); // it waited for an answer
    } finally {
      server.close();
    }
  });
});

describe("only for the same process properties", () => {
  /** Runs the lone front by a shell after a change, and returns whether the service ran the command. */
  async function isServed(setUp: string, options: object = {}): Promise<boolean> {
    const lone = await loneFront(home).catch(() => join(home.folder, "lone"));
    const script = `${setUp}; exec "$0" "$@"`;
    const end = spawnSync("bash", ["-c", script, lone, ...join_], {
      cwd: "/",
      env: home.env,
      encoding: "utf8",
      ...options,
    });
    if (end.status === 0) return end.stdout === joined;
    expect(end.stderr).toContain("executable beside it");
    return false;
  }

  test("umask", OPTIONS, async () => {
    children.add(await serveIn(home));
    const own = process.umask().toString(8);
    expect(await isServed(`umask ${own}`)).toBe(true);
    expect(await isServed("umask 0137")).toBe(false);
  });

  test("limits, priority and preloaded libraries", OPTIONS, async () => {
    children.add(await serveIn(home));
    expect(await isServed("true")).toBe(true);
    for (const setUp of ["ulimit -f 1000", "ulimit -t 1000", "ulimit -n 100", "renice -n 5 $$ >/dev/null"]) {
      expect(await isServed(setUp), setUp).toBe(false);
    }
    expect(await isServed("ulimit -Sn 100")).toBe(true); // Node raises it to the hard limit
    expect(await isServed("export LD_LIBRARY_PATH=/nonexistent")).toBe(false);
    if (process.getuid?.() === 0) expect(await isServed("true", { gid: 65_534 })).toBe(false);
  });

  test.runIf(process.getuid?.() === 0)("users, groups, capabilities, namespaces and root", OPTIONS, async () => {
    children.add(await serveIn(home));
    expect(await isServed("true")).toBe(true);
    expect(await isServed("true", { gid: 65_534 })).toBe(false);
    const lone = join(home.folder, "lone");
    const withPrefix = (program: string, ...words: string[]) => {
      const end = spawnSync(program, [...words, lone, ...join_], { cwd: "/", env: home.env, encoding: "utf8" });
      if (end.status === 0) return end.stdout === joined;
      expect(end.stderr).toContain("executable beside it");
      return false;
    };
    expect(withPrefix("setpriv", "--groups", "1,2")).toBe(false);
    expect(withPrefix("setpriv", "--bounding-set", "-chown", "--inh-caps", "-all")).toBe(false);
    expect(withPrefix("setpriv", "--no-new-privs")).toBe(false);
    for (const namespace of ["--mount", "--net", "--uts"]) expect(withPrefix("unshare", namespace)).toBe(false);
    expect(withPrefix("unshare", "--pid", "--fork")).toBe(false);
    await chmod(home.folder, 0o755);
    await chmod(join(home.folder, "xsys"), 0o755);
    await chmod(home.socket, 0o777);
    expect(withPrefix("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups")).toBe(false);
  });

  test.runIf(process.getuid?.() === 0)("an ordinary user gets a service of their own", OPTIONS, async () => {
    const folder = join(home.folder, "nobody");
    await mkdir(folder, { mode: 0o700 });
    await chmod(home.folder, 0o755);
    await chown(folder, 65_534, 65_534);
    for (const [file, name] of [
      [FRONT, "xhsc"],
      [EXECUTABLE, "xsys-main"],
    ] as const)
      await link(file, join(home.folder, name));
    const env = { ...home.env, XDG_RUNTIME_DIR: folder, HOME: folder };
    const run = (...words: string[]) =>
      ended(
        spawn(join(home.folder, "xhsc"), words, {
          cwd: folder,
          env,
          uid: 65_534,
          gid: 65_534,
          stdio: ["ignore", "pipe", "pipe"],
        }),
      );
    expect(await run(...join_)).toMatchObject({ status: 0, stdout: joined });
    const socket = join(folder, "xsys", "front.sock");
    await expect.poll(() => existsSync(socket)).toBe(true);
    await link(FRONT, join(folder, "lone"));
    await expect.poll(async () => (await run("--json", "sys", "user")).stdout).toContain('"uid":65534');
    await writeFile(join(folder, "secret"), "s", { mode: 0o600 }); // of root
    expect(await run("fs", "read", "secret")).toMatchObject({ status: 77 });
    const client = await connect({ socket, wait: 0 });
    const { pid } = client.hello;
    client.close();
    expect((await stat(`/proc/${pid}`)).uid).toBe(65_534);
    signalProcess(pid, "SIGKILL");
    await isGone(pid);
  });
});

describe("killed in the midst of a call", () => {
  /** Starts a front whose command waits for input. */
  async function writing(): Promise<{ service: ChildProcess; child: ChildProcess; file: string }> {
    const service = children.add(await serveIn(home));
    const file = join(home.folder, "target");
    const child = children.add(
      spawn(await loneFront(home), ["--json", "fs", "write", file], { cwd: home.folder, env: home.env }),
    );
    child.stdin?.write("begun");
    await expect.poll(async () => (await readdir(home.folder)).some((name) => name.startsWith(".xsys-"))).toBe(true);
    return { service, child, file };
  }

  test("the service: the front fails with UNAVAILABLE, and reads the rest of the input", OPTIONS, async () => {
    const { service, child, file } = await writing();
    const end = ended(child);
    service.kill("SIGKILL");
    await once(service, "exit");
    child.stdin?.write("more"); // a closed pipe would be an EPIPE here
    child.stdin?.end("x".repeat(200_000));
    const { status, stdout } = await end;
    expect([status, JSON.parse(stdout)]).toEqual([
      69,
      {
        status: "error",
        message: "the connection to the service was lost before the command was finished",
        code: "UNAVAILABLE",
      },
    ]);
    expect(existsSync(file)).toBe(false);
  });

  test("the service: a signal ends the front while it reads the rest of the input", OPTIONS, async () => {
    const { service, child } = await writing();
    const end = once(child, "exit");
    service.kill("SIGKILL");
    await once(service, "exit");
    await once(child.stdout as NodeJS.ReadableStream, "data"); // the error
    child.kill("SIGTERM");
    expect(await end).toEqual([null, "SIGTERM"]);
  });

  test("the front: the service cancels the command and removes what it wrote", OPTIONS, async () => {
    const { service, child, file } = await writing();
    child.kill("SIGKILL");
    await expect.poll(async () => (await readdir(home.folder)).some((name) => name.startsWith(".xsys-"))).toBe(false);
    expect(existsSync(file)).toBe(false);
    expect(service.exitCode).toBeNull();
    expect(await front(join_)).toMatchObject({ status: 0, stdout: joined });
  });

  test("a stopping service waits for the command", OPTIONS, async () => {
    const { service, child, file } = await writing();
    const end = ended(child);
    service.kill("SIGTERM");
    await expect.poll(() => existsSync(home.socket)).toBe(false);
    child.stdin?.end(", ended");
    expect((await end).status).toBe(0);
    expect(await readFile(file, "utf8")).toBe("begun, ended");
    await once(service, "exit");
  });

  test("a stopping service ends a command that never ends by itself", OPTIONS, async () => {
    const service = children.add(await serveIn(home));
    const lone = await loneFront(home);
    const words = ["--json", "monitor", "system", "--interval", "0.1"];
    const child = children.add(spawn(lone, words, { cwd: home.folder, env: home.env }));
    await once(child.stdout as NodeJS.ReadableStream, "data");
    const end = ended(child);
    service.kill("SIGTERM");
    expect((await end).status).toBe(143);
    await once(service, "exit");
  });
});
