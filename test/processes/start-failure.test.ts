import { chmod } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { isTooOld, NODE_NEEDED } from "../../internal/processes/node-needed.ts";
import { NEEDS_NO_PORT, startFailure } from "../../internal/processes/start-failure.ts";
import packageJson from "../../package.json" with { type: "json" };
import { script } from "../cluster/support/options.ts";
import { useScenes } from "../cluster/support/scene.ts";
import { useSandbox } from "../support/sandbox.ts";

const sandbox = useSandbox();
const scenes = useScenes();
const STARTED = { command: ["/opt/node", "app.js"], cwd: "/srv", env: {} } as const;
const EXITED = { code: 1, signal: null };

function because(lines: readonly string[], started = STARTED as Parameters<typeof startFailure>[1]) {
  return startFailure({ end: EXITED, endedBySupervisor: false, lines }, started);
}

describe("the last output of a program", () => {
  // Output of Node 20.20.2 for a clone's clients/typescript/worker.ts.
  const OLD_NODE = [
    "node:internal/errors:540",
    "      throw error;",
    'TypeError [ERR_UNKNOWN_FILE_EXTENSION]: Unknown file extension ".ts" for /srv/worker.ts',
    "    at Object.getFileProtocolModuleFormat [as file:] (node:internal/modules/esm/get_format:219:9) {",
    "  code: 'ERR_UNKNOWN_FILE_EXTENSION'",
    "}",
    "",
    "Node.js v20.20.2",
  ];

  test("of a Node too old for TypeScript names the version that ran and the one required", () => {
    expect(because(OLD_NODE)).toBe(
      `Node v20.20.2 (/opt/node) cannot run the .ts file /srv/worker.ts: Node ${NODE_NEEDED} or later is needed`,
    );
  });

  test.each([
    [
      "a built-in module",
      "Error [ERR_UNKNOWN_BUILTIN_MODULE]: No such built-in module: node:ffi",
      /load the module node:ffi: Node/,
    ],
    [
      "syntax",
      "SyntaxError: Unexpected identifier 'x'",
      /^SyntaxError: Unexpected identifier 'x'; it was run by Node v20/,
    ],
  ])("of a Node too old for %s names the version", (_what, line, words) => {
    expect(because([line, "    at x (y:1:1)", "Node.js v20.20.2"])).toMatch(words);
  });

  test.each([
    ["SyntaxError: Unexpected token '}'", "SyntaxError: Unexpected token '}'"],
    ["Error: Cannot find module '/srv/app.js'", "the entry point /srv/app.js does not exist"],
    [
      "Error [ERR_MODULE_NOT_FOUND]: Cannot find package 'express' imported from /srv/app.js",
      "the module express, which /srv/app.js imports, does not exist: is it installed?",
    ],
    ["Error: Cannot find module './routes'", "the module ./routes does not exist: is it installed?"],
    [
      'error: Cannot find module "hono" from "/srv/app.ts"',
      "the module hono, which /srv/app.ts imports, does not exist: is it installed?",
    ],
    ["Error: listen EADDRINUSE: address already in use :::3000", "it tried to listen on :::3000, which is in use"],
    ["Error: listen EADDRINUSE: port 3000 is in use by process 7", "port 3000 is in use by process 7"],
    ["Error: EACCES: permission denied, open '/etc/key'", "permission denied: open '/etc/key'"],
    ["Error: listen EACCES: permission denied 0.0.0.0:80", "permission denied: 0.0.0.0:80"],
    ["/opt/node: bad option: --warp", "Node v26.1.0 (/opt/node) does not know the option --warp"],
    [
      "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory",
      "Node v26.1.0 (/opt/node) ran out of memory",
    ],
  ])("%s", (line, words) => {
    expect(because(["it begins", line, "    at x (y:1:1)", "Node.js v26.1.0"])).toBe(words);
  });

  test("of a worker that tried to listen says that it needs no port", () => {
    expect(
      because(["Error: listen EADDRINUSE: address already in use :::3000"], { ...STARTED, portHint: NEEDS_NO_PORT }),
    ).toBe(
      "it tried to listen on :::3000, which is in use: a worker receives its requests from xsys and needs no port",
    );
  });

  test.each([
    [
      "Error: listen EADDRINUSE: address already in use :::3000",
      "it tried to listen on :::3000, which is in use: use PORT",
    ],
    ["OSError: [Errno 98] Address already in use", "OSError: [Errno 98] Address already in use: use PORT"],
    ["listen tcp :80: bind: address already in use", "listen tcp :80: bind: address already in use: use PORT"],
  ])("%s, with a hint about the port", (line, words) => {
    expect(because([line], { ...STARTED, portHint: "use PORT" })).toBe(words);
  });

  test("is searched for the last error, and an unknown error gives no reason", () => {
    expect(because(["Error: EACCES: permission denied, open 'x'", "Error: Cannot find module './y'"])).toContain("./y");
    expect(because(["Error: connect ECONNREFUSED 127.0.0.1:5432"])).toBeUndefined();
    expect(because([])).toBeUndefined();
  });

  const HANDLED = "Error: EACCES: permission denied, open '/etc/app/override.json' (using the defaults)";
  const STACK = ["    at connect (/srv/app.js:10:3)", "    at main (/srv/app.js:20:1)"];
  const REFUSED = [
    "Error: connect ECONNREFUSED 127.0.0.1:5432",
    ...STACK,
    "  code: 'ECONNREFUSED',",
    "}",
    "",
    "Node.js v26.1.0",
  ];

  test.each([
    ["and another error ended the program", [HANDLED, ...REFUSED]],
    ["with its stack", [HANDLED, ...STACK, ...REFUSED]],
    ["and an error of several lines", [HANDLED, "/srv/app.js:10", "  ^", "", "no database", "on 5432", ...STACK]],
    ["and the program printed why it exits", [HANDLED, ...STACK, "no database after 3 attempts"]],
    [
      "and a value was thrown",
      [HANDLED, "/srv/app.js:1", "throw 'no database'", "^", "no database", "Node.js v26.1.0"],
    ],
  ])("gives no reason if a known error was handled before: %s", (_what, lines) => {
    expect(because(lines)).toBeUndefined();
  });

  test.each([
    [
      "a list follows the message, and a list of several lines follows the stack",
      ["Error: Cannot find module './y'", "Require stack:", "- /srv/app.js", ...STACK],
      [
        "  code: 'MODULE_NOT_FOUND',",
        "  requireStack: [",
        "    '/srv/routes/app.js',",
        "    '/srv/app.js'",
        "  ]",
        "}",
      ],
      "the module ./y does not exist: is it installed?",
    ],
    [
      "the message has empty lines",
      ["SyntaxError: Named export 'x' not found.", "for example using:", "", "import p from 'y';", "", ...STACK],
      [],
      "SyntaxError: Named export 'x' not found.",
    ],
    [
      "the stack of an event follows",
      ["Error: listen EACCES: permission denied 0.0.0.0:80", ...STACK],
      ["Emitted 'error' event on Server instance at:", ...STACK, "  code: 'EACCES',", "  port: 80", "}"],
      "permission denied: 0.0.0.0:80",
    ],
    [
      "a native stack follows",
      ["FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory"],
      ["----- Native stack trace -----", "", " 1: 0x840e50  [/opt/node]", "10: 0xef6ba7 v8::x() [/opt/node]"],
      "Node v26.1.0 (/opt/node) ran out of memory",
    ],
    [
      "it is the cause of another error",
      ["Error: no settings", ...STACK, "  [cause]: Error: EACCES: permission denied, open '/etc/key'"],
      ["      at x (y:1:1)", "}"],
      "permission denied: open '/etc/key'",
    ],
    [
      "npm ran the program",
      ["Error: EACCES: permission denied, open '/etc/key'", ...STACK, "", "Node.js v26.1.0"],
      ["npm error Lifecycle script `start` failed with error:", "npm error code 1", "npm error path /srv"],
      "permission denied: open '/etc/key'",
    ],
  ])("gives the final error if %s", (_what, message, below, words) => {
    expect(because(["Error: earlier", ...STACK, ...message, ...below, "", "Node.js v26.1.0"])).toBe(words);
  });

  test("does not replace the supervisor's own reason for ending the process", () => {
    const lines = [HANDLED];
    const end = { code: null, signal: "SIGKILL" } as const;
    expect(startFailure({ end, endedBySupervisor: true, lines }, STARTED)).toBeUndefined();
  });

  test("gives a reason of limited length", () => {
    expect(because([`SyntaxError: ${"x".repeat(100_000)}`])?.length).toBeLessThan(1_000);
  });
});

describe("a program that the system cannot start", () => {
  const failed = (code: string) => ({
    end: { code: null, signal: null, error: Object.assign(new Error(code), { code }) },
    endedBySupervisor: false,
    lines: [],
  });

  test.each([
    ["/nowhere/at-all", "/nowhere/at-all does not exist"],
    ["no-such-program", "the program no-such-program is not in PATH"],
  ])("is reported as missing: %s", (program, words) => {
    expect(startFailure(failed("ENOENT"), { command: [program], cwd: "/", env: {} })).toBe(words);
  });

  test("is reported with the missing directory, the missing interpreter or the missing permission", async () => {
    const file = await sandbox.write("tool", "#! /nowhere/interpreter -x\n", 0o755);
    const started = { command: ["./tool"] as [string], cwd: sandbox.root, env: {} };
    expect(startFailure(failed("ENOENT"), started)).toBe(
      `the interpreter /nowhere/interpreter of ${file} does not exist`,
    );
    const elsewhere = sandbox.path("gone");
    expect(startFailure(failed("ENOENT"), { ...started, cwd: elsewhere })).toContain(
      `the working directory ${elsewhere} of ./tool does not exist`,
    );
    await chmod(file, 0o644);
    expect(startFailure(failed("EACCES"), started)).toBe(`${file} is not executable`);
    expect(startFailure(failed("EACCES"), { ...started, command: ["/tmp"] })).toBe("/tmp is a directory");
    expect(startFailure(failed("ENOEXEC"), started)).toBe("./tool is not executable on this machine");
    expect(startFailure(failed("EMFILE"), started)).toBeUndefined();
  });
});

test("the required Node version is the one in package.json", () => {
  expect(packageJson.engines.node).toBe(`>=${NODE_NEEDED}`);
  expect(["v20.20.2", "v22.21.9", "v22.22.0", "v26.10.0"].map(isTooOld)).toEqual([true, true, false, false]);
});

describe("with a real supervisor", () => {
  test.each([
    ["imports a missing module", "import 'no-such-package';", /the module no-such-package, which .*app\.mjs imports,/],
    ["is not JavaScript", "const = 1;", /SyntaxError: /],
    [
      "listens on a port in use",
      "import { createServer } from 'node:net'; const s = createServer().listen(0, '127.0.0.1', () => createServer().listen(s.address().port, '127.0.0.1'));",
      /it tried to listen on 127\.0\.0\.1:\d+, which is in use/,
    ],
  ])("a worker that %s is reported with that reason", async (_what, text, words) => {
    const file = await scenes.sandbox.write("app.mjs", text);
    const scene = scenes.start([process.execPath, file], { respawn: false });
    expect((await scene.said("did not start")).msg).toMatch(words);
    expect(scene.member("0").reason).toMatch(words);
  });

  test("a script that is missing or not executable is reported with that reason", async () => {
    const missing = scenes.start([process.execPath, "nothing-here.js"], { respawn: false });
    expect((await missing.said("did not start")).msg).toMatch(/the entry point .*nothing-here\.js does not exist/);
    const file = await scenes.sandbox.write("tool", "#!/bin/sh\n");
    await chmod(file, 0o644);
    const denied = scenes.start([file], { respawn: false });
    expect((await denied.said("did not start")).msg).toContain(`${file} is not executable`);
  });

  test("a worker that handles one error and dies of another is reported with the latter", async () => {
    const text =
      "console.error(`EACCES: permission denied, open '/etc/app.json' (using the defaults)`);" +
      "throw new Error('connect ECONNREFUSED 127.0.0.1:5432');";
    const file = await scenes.sandbox.write("app.mjs", text);
    const scene = scenes.start([process.execPath, file], { maxRestarts: 2 });
    await scene.said("no longer started");
    const words = "it exited with code 1; last output: Error: connect ECONNREFUSED 127.0.0.1:5432";
    expect(scene.member("0").reason).toBe(words);
    expect(scene.lines.all.filter((line) => line.startsWith("repeat"))).toEqual([]);
  });

  test("a worker that prints a known error but is ended for a late start is reported as late", async () => {
    const text = "echo 'Error: EACCES: permission denied, open x'; exec sleep 1000";
    const scene = scenes.start(script(text), { readyTimeout: 300, respawn: false });
    await scene.said("worker 0 did not start: it was not ready within 300 ms");
    expect(scene.member("0").reason).toMatch(/^it was not ready/);
  });

  test("a reason is logged once for all workers and all their starts", async () => {
    const text =
      'echo "TypeError [ERR_UNKNOWN_FILE_EXTENSION]: Unknown file extension \\".ts\\" for /a.ts"; echo Node.js v20.20.2; exit 1';
    const scene = scenes.start(script(text), { workers: 2, maxRestarts: 3 });
    await scene.said("worker 0 is no longer started|worker 1 is no longer started");
    await scene.said("worker 0 is no longer started|worker 1 is no longer started");
    const told = scene.log.all.filter(({ level, msg }) => level > 20 && msg.includes("did not start"));
    expect(told.map(({ msg }) => msg)).toEqual([expect.stringMatching(/Node v20\.20\.2 .*or later is needed/)]);
  });
});
