import { execFile } from "node:child_process";
import { mkdir, rename, symlink } from "node:fs/promises";
import { promisify } from "node:util";
import { beforeEach, describe, expect, test } from "vitest";
import type { AppDefinition } from "../../internal/apps/app-definition.ts";
import { resolveApp } from "../../internal/apps/resolve-app.ts";
import type { AppSpec } from "../../internal/keeper/app-spec.ts";
import { useSandbox } from "../support/sandbox.ts";

const sandbox = useSandbox();
const run = promisify(execFile);

const SYSTEM = "/usr/bin:/bin";
/** A folder with the pinned Node, and then the programs of the system. */
const path = () => `${sandbox.path(".node")}:${SYSTEM}`;
const nodeInPath = () => sandbox.path(".node/node");

beforeEach(async () => {
  await mkdir(sandbox.path(".node"));
  await symlink(process.execPath, nodeInPath());
});

interface More {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly node?: () => string;
}

function resolved(definition: AppDefinition, { env = {}, cwd = sandbox.root, node }: More = {}): Promise<AppSpec> {
  return resolveApp(definition, {
    env: { PATH: path(), ...env },
    cwd,
    node: node ?? (() => Promise.reject(new Error("the Node of xsys is not needed"))),
  });
}

/** What the app prints when it is run as resolved. */
async function printed({ command: [program, ...args], cwd, environment }: AppSpec): Promise<string> {
  const { stdout } = await run(program, args, { cwd, env: { ...environment.base, ...environment.own } });
  return stdout.trim();
}

async function program(path: string, text = "#!/bin/sh\n"): Promise<string> {
  return await sandbox.write(path, text, 0o755);
}

describe("a script", () => {
  test.each([
    ["app.js", "console.log('node', process.argv[2])"],
    ["app.mjs", "import 'node:fs'; console.log('node', process.argv[2])"],
    ["app.cjs", "require('fs'); console.log('node', process.argv[2])"],
  ])("%s is run by the Node in PATH", async (file, text) => {
    await sandbox.write(file, text);
    const spec = await resolved({ entry: file, args: ["x"] });
    expect(spec.command).toEqual([nodeInPath(), sandbox.path(file), "x"]);
    expect(await printed(spec)).toBe("node x");
  });

  test("is run by the Node of xsys if there is none in PATH", async () => {
    await sandbox.write("app.js", "console.log(1)");
    const spec = await resolved({ entry: "app.js", env: { PATH: "/nowhere" } }, { node: () => process.execPath });
    expect(spec.command).toEqual([process.execPath, sandbox.path("app.js")]);
    expect(await printed(spec)).toBe("1");
  });

  test("has its Node options before it and its arguments after it", async () => {
    await sandbox.write("app.js", "console.log(process.execArgv.join(), process.argv.slice(2).join())");
    const spec = await resolved({ entry: "./app.js", nodeArgs: "--expose-gc --no-deprecation", args: "-x 'a b'" });
    expect(await printed(spec)).toBe("--expose-gc,--no-deprecation -x,a b");
  });

  test.each([
    ["app.py", "import sys; print('python', sys.argv[1])", "python x"],
    ["app.sh", "echo shell $1", "shell x"],
    ["app.bash", "[[ a == a ]] && echo bash $1", "bash x"],
    ["app.pl", 'print "perl $ARGV[0]\\n"', "perl x"],
  ])("%s is run by its interpreter", async (file, text, expected) => {
    await sandbox.write(file, text);
    expect(await printed(await resolved({ entry: file, args: "x" }))).toBe(expected);
  });

  test.each([
    ["app.rb", "ruby", []],
    ["app.php", "php", []],
    ["app.lua", "luajit", []],
    ["app.jar", "java", ["-jar"]],
  ])("%s is run by %s", async (file, name, options) => {
    await sandbox.write(file, "");
    const interpreter = await program(`bin/${name}`);
    const { command } = await resolved({ entry: file, env: { PATH: sandbox.path("bin") } });
    expect(command).toEqual([interpreter, ...options, sandbox.path(file)]);
  });

  test("in Python prints lines when they are written", async () => {
    await sandbox.write("app.py", "");
    expect((await resolved({ entry: "app.py" })).environment.base.PYTHONUNBUFFERED).toBe("1");
    const { environment } = await resolved({ entry: "app.py" }, { env: { PYTHONUNBUFFERED: "" } });
    expect(environment.base.PYTHONUNBUFFERED).toBe("");
  });

  test("whose interpreter is not installed is refused", async () => {
    await sandbox.write("app.rb", "");
    await expect(resolved({ entry: "app.rb" })).rejects.toMatchObject({
      code: "NOT_FOUND",
      message: `the interpreter ruby for ${sandbox.path("app.rb")} is not in PATH`,
    });
  });

  test("is run by the interpreter of its #! line, whether it is executable or not", async () => {
    const text = "#!/bin/bash\n[[ a == a ]] && echo $BASH_VERSINFO";
    const file = await program("app.sh", text);
    expect((await resolved({ entry: "app.sh" })).command).toEqual([file]);
    await sandbox.write("plain.sh", text);
    const spec = await resolved({ entry: "plain.sh" });
    expect(spec.command).toEqual(["/bin/bash", sandbox.path("plain.sh")]);
    expect(Number(await printed(spec))).toBeGreaterThan(2);
    await sandbox.write("env", "#! /usr/bin/env  perl\nprint 7");
    expect(await printed(await resolved({ entry: "env" }))).toBe("7");
  });

  test("is run by the given interpreter", async () => {
    await sandbox.write("app.txt", "import sys; print(sys.argv[1], sys.flags.optimize)");
    const spec = await resolved({ entry: "app.txt", interpreter: "python3 -O", args: ["x"] });
    expect(await printed(spec)).toBe("x 1");
    const own = await program("my python", '#!/bin/sh\nexec python3 "$@"\n');
    const second = await resolved({ entry: "app.txt", interpreter: own, nodeArgs: ["-OO"], args: ["y"] });
    expect(await printed(second)).toBe("y 2");
  });

  test("with an interpreter that does not exist is refused", async () => {
    await sandbox.write("app.py", "");
    await expect(resolved({ entry: "app.py", interpreter: "python9" })).rejects.toMatchObject({
      code: "NOT_FOUND",
      message: "the interpreter python9 cannot be started: the program python9 is not in PATH",
    });
    const entry = await program("bad", "#!/no/such/interpreter\n");
    await expect(resolved({ entry })).rejects.toThrow("/no/such/interpreter");
  });
});

describe("TypeScript", () => {
  const old = "#!/bin/sh\necho false\n";

  test("is run by a Node in PATH that can", async () => {
    const file = await sandbox.write("app.ts", "const x: number = 5; console.log(x)");
    await program("bin/node", `#!/bin/sh\nexec "${process.execPath}" "$@"\n`);
    const spec = await resolved({ entry: "app.ts", env: { PATH: `${sandbox.path("bin")}:${SYSTEM}` } });
    expect(spec.command).toEqual([sandbox.path("bin/node"), file]);
    expect(await printed(spec)).toBe("5");
  });

  test("is run by Bun, and then by the Node of xsys, if the Node in PATH is too old", async () => {
    const file = await sandbox.write("app.mts", "");
    await program("old/node", old);
    const definition = { entry: "app.mts", env: { PATH: sandbox.path("old") } };
    const node = () => process.execPath;
    expect((await resolved(definition, { node })).command).toEqual([process.execPath, file]);
    const bun = await program("old/bun");
    expect((await resolved(definition, { node })).command).toEqual([bun, file]);
  });

  test("that nothing can run is refused", async () => {
    await sandbox.write("app.ts", "");
    const node = await program("old/node", old);
    await expect(
      resolved({ entry: "app.ts", env: { PATH: sandbox.path("old") } }, { node: () => node }),
    ).rejects.toMatchObject({ code: "UNSUPPORTED", message: expect.stringContaining("too old for TypeScript") });
  });

  test("with JSX needs Bun or a loader", async () => {
    const file = await sandbox.write("app.tsx", "");
    await expect(resolved({ entry: "app.tsx" })).rejects.toThrow("Node does not run files with JSX");
    expect((await resolved({ entry: "app.tsx", nodeArgs: "--import tsx" })).command.at(-1)).toBe(file);
    expect((await resolved({ entry: "app.tsx", env: { NODE_OPTIONS: "-r esbuild-register" } })).command[0]).toBe(
      nodeInPath(),
    );
    const bun = await program("bin/bun");
    const { command } = await resolved({ entry: "app.tsx", env: { PATH: `${sandbox.path("bin")}:${SYSTEM}` } });
    expect(command).toEqual([bun, file]);
  });
});

describe("a program", () => {
  test("that is a file is run itself", async () => {
    const file = await program("serve", "#!/bin/sh\necho $0 $1\n");
    const spec = await resolved({ entry: "serve", args: ["x"] });
    expect(await printed(spec)).toBe(`${file} x`);
  });

  test("is found in PATH, also beside a directory of the same name", async () => {
    await mkdir(sandbox.path("sleep"));
    const spec = await resolved({ entry: "sleep", args: ["0"] });
    expect(spec).toMatchObject({ name: "sleep", command: ["/usr/bin/sleep", "0"] });
  });

  test("can be a whole command line", async () => {
    expect((await resolved({ entry: "python3 -c 'print(1)'" })).command.slice(1)).toEqual(["-c", "print(1)"]);
    await sandbox.write("server.js", "console.log(process.argv[2])");
    expect(await printed(await resolved({ entry: "server.js --verbose" }))).toBe("--verbose");
    await sandbox.write("my app.js", "console.log(process.argv[2])");
    expect(await printed(await resolved({ entry: '"my app.js" x' }))).toBe("x");
    expect((await resolved({ entry: "my app.js" })).command.at(-1)).toBe(sandbox.path("my app.js"));
  });

  test("with its arguments is run without an interpreter", async () => {
    await sandbox.write("app.js", "console.log(process.argv.slice(2).join())");
    const spec = await resolved({ command: ["node", "app.js", "a b"], args: ["c"] });
    expect(spec).toMatchObject({ name: "app", command: [nodeInPath(), "app.js", "a b", "c"] });
    expect(await printed(spec)).toBe("a b,c");
    expect((await resolved({ command: "sh -c 'exit 0'" })).command).toEqual(["/usr/bin/sh", "-c", "exit 0"]);
  });

  test("is run itself with the interpreter none", async () => {
    const file = await program("app.py", "#!/bin/sh\necho shell\n");
    const spec = await resolved({ entry: "app.py", interpreter: "none" });
    expect(spec.command).toEqual([file]);
    expect((await resolved({ entry: "true", interpreter: "none" })).command).toEqual(["/usr/bin/true"]);
  });

  test.each<[AppDefinition, string]>([
    [{}, "an app needs either an entry or a command"],
    [{ entry: "a", command: "b" }, "an app needs either an entry or a command"],
    [{ entry: " " }, "entry must not be empty"],
    [{ command: [] }, "command must have a program as its first word"],
    [{ entry: "true", nodeArgs: "-x" }, "nodeArgs cannot be used: true is a program"],
    [{ command: "true", interpreter: "sh" }, "interpreter cannot be used: a command is run as it is"],
    [{ entry: "true 'x" }, "entry is not a program with arguments: true 'x"],
    [{ entry: "true", args: "'x" }, "args must be a text without unclosed quotes, or a list of texts"],
    [{ entry: "true", args: ["a\0b"] }, "the command must not contain a NUL character"],
    [{ entry: "/dev/null" }, "the entry /dev/null is not a regular file"],
  ])("%j is refused", async (definition, message) => {
    await expect(resolved(definition)).rejects.toMatchObject({
      code: "INVALID_PARAMS",
      message: expect.stringContaining(message),
    });
  });
});

describe("an entry that cannot be run", () => {
  test.each([
    [
      "serve.js",
      'the entry DIR/serve.js does not exist, and no program of this name is in PATH, did you mean "server.js"?',
    ],
    [
      "server",
      'the entry DIR/server does not exist, and no program of this name is in PATH, did you mean "server.js"?',
    ],
    ["./zzzzzzzz", "the entry DIR/zzzzzzzz does not exist"],
    ["src/x.js", "the entry DIR/src/x.js does not exist: there is no directory DIR/src"],
    ["broken.js", "the entry DIR/broken.js is a symbolic link to gone.js, which does not exist"],
  ])("%s does not exist", async (entry, message) => {
    await sandbox.write("server.js", "");
    await symlink("gone.js", sandbox.path("broken.js"));
    await expect(resolved({ entry })).rejects.toMatchObject({
      code: "NOT_FOUND",
      message: message.replaceAll("DIR", sandbox.root),
    });
  });

  test("a directory is refused with what to run instead", async () => {
    await mkdir(sandbox.path("plain"));
    await expect(resolved({ entry: "plain" })).rejects.toMatchObject({
      code: "IS_A_DIRECTORY",
      message: `the entry ${sandbox.path("plain")} is a directory: name the file to run`,
    });
    await sandbox.write("web/package.json", '{ "main": "lib/x.js", "scripts": { "start": "node lib/x.js" } }');
    const folder = sandbox.path("web");
    await expect(resolved({ entry: "web" })).rejects.toThrow(
      `the entry ${folder} is a directory: run its main file ${folder}/lib/x.js, or its start script with cwd ${folder} and the entry "npm start"`,
    );
  });

  test("a file that is not executable and has no known interpreter is refused", async () => {
    const file = await sandbox.write("app.xyz", "");
    await expect(resolved({ entry: "app.xyz" })).rejects.toMatchObject({
      code: "INVALID_PARAMS",
      message: `the entry ${file} is not executable, and no interpreter is known for the ending .xyz: name one by "interpreter", or run chmod +x app.xyz`,
    });
    await expect(resolved({ entry: "app.xyz", interpreter: "none" })).rejects.toThrow("is not executable");
  });
});

describe("the name", () => {
  test.each([
    ["worker.js", "worker"],
    ["index.js", "scope-pack-age"],
    ["src/server.js", "scope-pack-age"],
    ["lib/run.js", "scope-pack-age"],
    ["npm start", "scope-pack-age"],
    ["python3 -u tool.py", "tool"],
  ])("of %s is %s", async (entry, name) => {
    await sandbox.write("package.json", '{ "name": "@scope/pack age", "main": "./lib/run.js" }');
    for (const file of ["worker.js", "index.js", "src/server.js", "lib/run.js", "tool.py"])
      await sandbox.write(file, "");
    expect((await resolved({ entry })).name).toBe(name);
  });

  test.each([
    ["index.js", "index"],
    ["..ü.js", "app"],
    [`${"x".repeat(100)}.js`, "x".repeat(64)],
  ])("of %s without a package is %s", async (entry, name) => {
    await sandbox.write(entry, "");
    expect((await resolved({ entry })).name).toBe(name);
  });

  test.each([["../x"], ["-x"], [""], ["x".repeat(65)], ["a b"]])("%j is refused", async (name) => {
    await expect(resolved({ entry: "true", name })).rejects.toThrow("name must be 1 to 64 letters");
  });

  test("is in front of the messages about its app", async () => {
    await expect(resolved({ entry: "true", name: "api", port: 0 })).rejects.toThrow(
      "app api: port must be a whole number from 1 to 65535, not 0",
    );
  });
});

describe("the working directory", () => {
  test("is the caller's, and the entry is relative to it", async () => {
    const file = await sandbox.write("sub/app.js", "console.log(process.cwd())");
    const spec = await resolved({ entry: "app.js", cwd: "sub" });
    expect(spec).toMatchObject({ cwd: sandbox.path("sub"), command: [nodeInPath(), file] });
    expect(await printed(spec)).toBe(sandbox.path("sub"));
  });

  test("keeps symbolic links, so that a restart follows a changed link", async () => {
    await sandbox.write("releases/1/app.js", "console.log(1)");
    await sandbox.write("releases/2/app.js", "console.log(2)");
    await symlink("releases/1", sandbox.path("current"));
    const link = sandbox.path("current");
    const specs = [
      await resolved({ entry: "current/app.js" }),
      await resolved({ entry: "app.js", cwd: "current" }),
      // as a shell starts a program there: the directory by its real path, and the shown path in PWD
      await resolved({ entry: "app.js" }, { cwd: sandbox.path("releases/1"), env: { PWD: link } }),
    ];
    expect(specs.map(({ command }) => command.at(-1))).toEqual(Array(3).fill(`${link}/app.js`));
    expect(specs.map(({ cwd }) => cwd)).toEqual([sandbox.root, link, link]);
    await symlink("releases/2", sandbox.path("next"));
    await rename(sandbox.path("next"), link);
    expect(await Promise.all(specs.map(printed))).toEqual(["2", "2", "2"]);
  });

  test("is not taken from a PWD that names another directory", async () => {
    await mkdir(sandbox.path("a"));
    expect((await resolved({ entry: "true" }, { env: { PWD: sandbox.path("a") } })).cwd).toBe(sandbox.root);
    expect((await resolved({ entry: "true" }, { env: { PWD: "relative" } })).cwd).toBe(sandbox.root);
  });

  test("must be an existing directory", async () => {
    await expect(resolved({ entry: "true", cwd: "gone" })).rejects.toMatchObject({ code: "NOT_FOUND" });
    await sandbox.write("file", "");
    await expect(resolved({ entry: "true", cwd: "file" })).rejects.toMatchObject({ code: "NOT_A_DIRECTORY" });
  });
});

describe("the environment", () => {
  test("is the caller's without what belongs to its session", async () => {
    const kept = {
      HOME: "/h",
      LANG: "C",
      TZ: "UTC",
      NODE_OPTIONS: "--trace-warnings",
      XSYS_SOCKET: "/s",
      NODE_ENV: "test",
    };
    const left = {
      ...{ TERM: "x", SHLVL: "1", _: "x", OLDPWD: "/", PWD: "/", SSH_CONNECTION: "x", SSH_AUTH_SOCK: "x" },
      ...{ XDG_SESSION_ID: "1", npm_config_x: "1", INIT_CWD: "/", NODE_CHANNEL_FD: "3", LISTEN_FDS: "1", COLUMNS: "9" },
      ...{ NOTIFY_SOCKET: "/x", XSYS_WORKER_KEY: "x", TMUX: "x", TMUX_PANE: "1", STY: "x", WINDOW: "1", LINES: "9" },
    };
    const { environment } = await resolved({ entry: "true" }, { env: { ...kept, ...left } });
    expect(environment).toEqual({ base: { PATH: path(), ...kept }, own: {} });
  });

  test("has its own variables and a file, by which the program is found, too", async () => {
    await program("bin/tool");
    const file = await sandbox.write("app.env", `PATH=${sandbox.path("bin")}\n`);
    const spec = await resolved({ entry: "tool", envFile: "app.env", env: { PORT: 8080, DEBUG: false } });
    expect(spec.command).toEqual([sandbox.path("bin/tool")]);
    expect(spec.environment).toEqual({ base: { PATH: path() }, file, own: { PORT: "8080", DEBUG: "false" } });
  });

  test.each<[AppDefinition, string]>([
    [{ envFile: "gone.env" }, "NOT_FOUND"],
    [{ envFile: "bad.env" }, "INVALID_DATA"],
    [{ env: { "A=B": "x" } }, "INVALID_PARAMS"],
    [{ env: { A: "a\0b" } }, "INVALID_PARAMS"],
    [{ env: { A: {} as string } }, "INVALID_PARAMS"],
    [{ env: { A: "x".repeat(131_072) } }, "TOO_LARGE"],
    [{ env: Object.fromEntries(Array.from({ length: 11 }, (_, i) => [`A${i}`, "x".repeat(100_000)])) }, "TOO_LARGE"],
  ])("%# is refused", async (definition, code) => {
    await sandbox.write("bad.env", "nonsense");
    await expect(resolved({ entry: "true", ...definition })).rejects.toMatchObject({ code });
  });
});

describe("the numbers", () => {
  test("have defaults", async () => {
    expect(await resolved({ entry: "true" })).toEqual({
      name: "true",
      command: ["/usr/bin/true"],
      cwd: sandbox.root,
      environment: { base: { PATH: path() }, own: {} },
      front: { kind: "none" },
      clones: 1,
      standbys: 0,
      stableFor: 2_000,
      readyTimeout: 30_000,
      drainTimeout: 60_000,
      killTimeout: 10_000,
      autorestart: true,
      stopExitCodes: [],
      restartDelay: 100,
      log: { maxSize: 104_857_600, maxFiles: 10 },
    });
  });

  test("are read with their units", async () => {
    const spec = await resolved({
      entry: "true",
      ...{ stableFor: "1.5s", killTimeout: "1m", restartDelay: 10, stopExitCodes: [0, 3, 0], maxRestarts: 5 },
      ...{ maxMemory: "1G", maxCpu: "80%", autorestart: false, log: { maxSize: "10m", maxFiles: 0 } },
    });
    expect(spec).toMatchObject({
      ...{ stableFor: 1_500, killTimeout: 60_000, restartDelay: 10, stopExitCodes: [0, 3], maxRestarts: 5 },
      ...{ maxMemory: 1_073_741_824, maxCpu: 80, autorestart: false, log: { maxSize: 10_485_760, maxFiles: 0 } },
    });
  });

  test.each<[AppDefinition, readonly string[]]>([
    [{ watch: true }, [""]],
    [{ watch: "src" }, ["src"]],
    [{ watch: ["src", "./config.json"] }, ["src", "config.json"]],
  ])("%j is what is watched", async (definition, paths) => {
    await sandbox.write("src/config.json", "");
    await sandbox.write("config.json", "");
    const { watch } = await resolved({ entry: "true", ...definition, ignoreWatch: "tmp", watchDelay: "1s" });
    expect(watch).toEqual({ paths: paths.map((path) => sandbox.path(path)), ignore: ["tmp"], delay: 1_000 });
  });

  test.each<[AppDefinition["cron"], string | undefined]>([
    [" 0 3 * * * ", "0 3 * * *"],
    ["", undefined],
    [0, undefined],
    [false, undefined],
  ])("%j is the cron expression %j", async (cron, expression) => {
    expect((await resolved({ entry: "true", cron })).cron).toBe(expression);
  });

  test.each<AppDefinition>([{}, { watch: false }, { watch: [] }])("%j watches nothing", async (definition) => {
    expect(await resolved({ entry: "true", ...definition, ignoreWatch: ["tmp"] })).not.toHaveProperty("watch");
  });

  test.each<[AppDefinition, AppSpec["front"]]>([
    [{ port: "8080" }, { kind: "socket", host: "127.0.0.1", port: 8080 }],
    [
      { front: "socket", host: "::", port: 1 },
      { kind: "socket", host: "::", port: 1 },
    ],
    [
      { front: "proxy", port: 1 },
      { kind: "proxy", host: "127.0.0.1", port: 1 },
    ],
  ])("%j is the front %j", async (definition, front) => {
    expect((await resolved({ entry: "true", ...definition })).front).toEqual(front);
  });

  test.each<[AppDefinition, string]>([
    [{ stableFor: "soon" }, "stableFor must be a duration"],
    [{ killTimeout: -1 }, "killTimeout must be a duration"],
    [{ restartDelay: Number.NaN }, "restartDelay must be a duration"],
    [{ maxMemory: 512 }, "maxMemory must be a size of at least 1048576 bytes"],
    [{ maxMemory: "big" }, "maxMemory must be a size"],
    [{ maxCpu: 0 }, "maxCpu must be a percentage"],
    [{ maxCpu: "80 percent" }, "maxCpu must be a percentage"],
    [{ watch: true, watchDelay: "soon" }, "watchDelay must be a duration"],
    [{ cron: "0 25 * * *" }, "Invalid value for hour: 25"],
    [{ cron: 5 }, 'cron "5" is invalid'],
    [{ maxRestarts: 1.5 }, "maxRestarts must be a whole number"],
    [{ stopExitCodes: [256] }, "stopExitCodes must be a whole number from 0 to 255, not 256"],
    [{ log: { maxFiles: -1 } }, "log.maxFiles must be a whole number"],
    [{ port: 65_536 }, "port must be a whole number from 1 to 65535, not 65536"],
    [{ port: "http" }, 'port must be a whole number from 1 to 65535, not "http"'],
    [{ front: "socket" }, "front socket needs a port"],
    [{ front: "proxy" }, "front proxy needs a port"],
    [{ front: "none", port: 1 }, "port is only used with a front"],
    [{ host: "::1" }, "host needs a port"],
    [{ host: "a b", port: 1 }, "host must be an address or a name"],
    [{ front: "proxied" as "none" }, "front must be none, socket, frames or proxy"],
    [{ front: "frames", port: 1 }, "front frames is for apps that run on Node"],
  ])("%j is refused", async (definition, message) => {
    await expect(resolved({ entry: "true", ...definition })).rejects.toMatchObject({
      code: "INVALID_PARAMS",
      message: expect.stringContaining(message),
    });
  });
});

describe.runIf(process.getuid?.() === 0)("the user, as root", () => {
  test("is given by name or number, and has its primary group by default", async () => {
    const [uid, gid] = await Promise.all(["-u", "-g"].map(async (flag) => (await run("id", [flag, "nobody"])).stdout));
    const nobody = { uid: Number(uid), gid: Number(gid) };
    expect(await resolved({ entry: "true", uid: "nobody" })).toMatchObject(nobody);
    expect(await resolved({ entry: "true", uid: nobody.uid })).toMatchObject(nobody);
    expect(await resolved({ entry: "true", uid: 54_321 })).toMatchObject({ uid: 54_321, gid: 54_321 });
    expect(await resolved({ entry: "true", uid: "nobody", gid: "root" })).toMatchObject({ ...nobody, gid: 0 });
  });

  test("must exist", async () => {
    await expect(resolved({ entry: "true", uid: "no-such-user" })).rejects.toThrow('"no-such-user" does not exist');
    await expect(resolved({ entry: "true", gid: "-x" })).rejects.toThrow('"-x" does not exist');
    await expect(resolved({ entry: "true", uid: -1 })).rejects.toThrow("uid must be a name or a number");
  });

  test("can only be set by root", async () => {
    const module = new URL("../../internal/apps/resolve-app.ts", import.meta.url).href;
    const script = `
      import { resolveApp } from ${JSON.stringify(module)};
      process.setgid(65534);
      process.setuid(65534);
      const context = { env: process.env, cwd: "/", node: () => process.execPath };
      const { uid } = await resolveApp({ entry: "true", uid: 65534 }, context);
      const failure = await resolveApp({ entry: "true", uid: 0 }, context).catch(({ code, message }) => ({ code, message }));
      console.log(JSON.stringify({ uid, failure }));`;
    const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", script]);
    expect(JSON.parse(stdout)).toEqual({
      uid: 65_534,
      failure: { code: "DENIED", message: "uid 0 can only be set by root" },
    });
  });
});
