import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, readdir, stat, symlink } from "node:fs/promises";
import { basename, join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { makeBin } from "../../scripts/make-bin.ts";
import { useChildren } from "../support/children.ts";
import { printed } from "../support/command-line.ts";
import { useSandbox } from "../support/sandbox.ts";
import { XyPrissClient } from "../support/xypriss-client.ts";

const sandbox = useSandbox();
const children = useChildren();
const TELLING = fileURLToPath(new URL("../cmd/fixtures/telling-worker.mjs", import.meta.url));

describe.skipIf(process.platform === "win32")("the executables", () => {
  test("have the names that XyPriss's client looks for, and are executable", async () => {
    const files = makeBin(sandbox.path("bin"));
    const os = process.platform === "darwin" ? "darwin" : "linux";
    const arch = process.arch === "arm64" ? "arm64" : "amd64";
    expect(files.map((file) => basename(file))).toEqual([`xhsc-${os}-${arch}`, "xhsc", `xsys-${os}-${arch}`, "xsys"]);
    expect((await readdir(sandbox.path("bin"))).length).toBe(4);
    for (const file of files) expect((await stat(file)).mode & 0o111).toBe(0o111);
  });

  test.each([
    ["by its path", "bin/xhsc"],
    ["through a symbolic link to a symbolic link in another directory", "links/second"],
  ])("run with an empty PATH: %s", async (_how, program) => {
    makeBin(sandbox.path("bin"));
    await mkdir(sandbox.path("links"));
    await symlink("../bin/xhsc", sandbox.path("links/first"));
    await symlink(sandbox.path("links/first"), sandbox.path("links/second"));
    await chmod(sandbox.path("bin"), 0o555);
    const stdout = execFileSync(sandbox.path(program), ["path", "join", "a b", "$c", "--json"], {
      env: { PATH: "" },
      cwd: "/",
    });
    expect(JSON.parse(stdout.toString())).toEqual({ status: "ok", data: "a b/$c" });
    await chmod(sandbox.path("bin"), 0o755);
  });

  test("ignore NODE_OPTIONS, pass it on to programs that they start, and print no warnings", async () => {
    const [, xhsc = ""] = makeBin(sandbox.path("bin"));
    const env = { PATH: "", NODE_OPTIONS: "--require ./gone.js", FORCE_COLOR: "1", NO_COLOR: "1" };
    const { stdout, stderr } = spawnSync(xhsc, ["sys", "env", "--json"], { env, encoding: "utf8" });
    expect(stderr).toBe("");
    expect(JSON.parse(stdout).data).toMatchObject(env);
    const grep = ["--root", sandbox.root, "--json", "search", "grep", "bin/xhsc", "^exec"]; // runs in a thread
    expect(JSON.parse(execFileSync(xhsc, grep, { env, encoding: "utf8" })).data).toHaveLength(1);
  });

  test("compile the sources only once", () => {
    const [, xhsc = ""] = makeBin(sandbox.path("bin"));
    const env = { NODE_DEBUG_NATIVE: "COMPILE_CACHE" }; // makes Node print what it reads from the compile cache
    const told = () => spawnSync(xhsc, ["path", "join", "a"], { env, encoding: "utf8" });
    told();
    const { stdout, stderr } = told();
    expect(stdout + stderr).toMatch(/retrieving \w+ cache for \S+ file:\S+\/cmd\/xsys\/run\.ts\.\.\.success/);
  });

  test("pass the name by which they were started to workers, but not to other programs", async () => {
    makeBin(sandbox.path("bin"));
    await mkdir(sandbox.path("links"));
    await symlink("../bin/xhsc", sandbox.path("links/xhsc-linux-amd64"));
    const words = [
      "--port=0",
      "--ipc",
      sandbox.path("s"),
      "--cluster",
      "--cluster-workers=1",
      "--entry-point",
      TELLING,
    ];
    const server = children.add(spawn(sandbox.path("links/xhsc-linux-amd64"), ["server", "start", ...words]));
    const [, told = ""] = /told (\{.*\})/.exec(await printed(server, /told \{.*\}\n/)) ?? [];
    expect(JSON.parse(told)).toMatchObject({
      program: sandbox.path("links/xhsc-linux-amd64"),
      answer: '{"status":"ok","data":"a/b"}\n',
    });
    const environment = execFileSync(sandbox.path("bin/xhsc"), [
      "--connect",
      sandbox.path("s"),
      "sys",
      "env",
      "--json",
    ]);
    expect(JSON.parse(environment.toString()).data).not.toHaveProperty("XSYS_PROGRAM");
    server.kill("SIGTERM");
    await once(server, "exit");
  });

  test("run from a directory with spaces and quotes in its name", async () => {
    const [, xhsc = ""] = makeBin(sandbox.path("it's a bin"));
    expect(execFileSync(xhsc, ["path", "basename", "/a/b"]).toString()).toBe("b\n");
  });
});

describe.skipIf(process.platform === "win32")("XyPriss's client with the executable", () => {
  let client: XyPrissClient;

  beforeEach(async () => {
    makeBin(sandbox.path("bin"));
    await mkdir(sandbox.path("root"));
    client = new XyPrissClient(sandbox.path("bin/xhsc"), sandbox.path("root"));
  });
  afterEach(() => client.ended());

  test("calls synchronously", async () => {
    await sandbox.write("root/a.txt", "price (USD): 10\n");
    expect(client.runSync("fs", "ls", ["."])).toEqual(["a.txt"]);
    expect(client.runSync("fs", "read", ["a.txt"], { verbose: true })).toBe("price (USD): 10\n");
    expect(client.runSync("fs", "write", ["new/b.txt"], { ensureFile: true, input: "täxt" })).toBeNull();
    expect(await sandbox.read("root/new/b.txt")).toBe("täxt");
    expect(client.runSync("fs", "patch", ["a.txt", "--10", "--20"], { quiet: true })).toMatchObject({ changed: false });
    expect(client.runSync("path", "correct", ["/a/b/a/b", "--tentative", "2"])).toBe("/a/b");
    expect(() => client.runSync("fs", "stats", ["gone"])).toThrow(`on ${sandbox.path("root/gone")}: no such file`);
    expect(() => client.runSync("fs", "no-such-action")).toThrow("no action");
  });

  test("calls asynchronously and leaves standard input open", async () => {
    await sandbox.write("root/a.txt", "é".repeat(200_000));
    const [names, contents, user] = await Promise.all([
      client.runAsync("fs", "ls", ["."], { stats: false, recursive: undefined }),
      client.runAsync("fs", "read", ["a.txt"]),
      client.runAsync("sys", "user"),
    ]);
    expect(names).toEqual(["a.txt"]);
    expect(contents).toBe("é".repeat(200_000));
    expect(user).toHaveProperty("username");
    await expect(client.runAsync("fs", "hash", ["gone"])).rejects.toThrow(/fs.hash failed on .*: no such file/);
    await expect(client.runAsync("fs", "write-secure", [], { input: "x".repeat(1_000_000) })).rejects.toThrow("path");
  });

  test("reads and writes streams", async () => {
    const stream = client.runWritableStream("fs", "cat-write", ["a.bin"]);
    stream.write("0123");
    stream.end("456789");
    await once(stream, "finish");
    await client.ended(); // the end of the process is the only sign that the file is written
    expect(await text(client.runStream("fs", "cat", ["a.bin"], { offset: 2, limit: 3 }))).toBe("234");
    expect(await text(client.runStream("fs", "cat", ["gone"]))).toBe("");
    expect(await sandbox.read(join("root", "a.bin"))).toBe("0123456789");
  });
});
