import { execFile } from "node:child_process";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { beforeEach, describe, expect, test } from "vitest";
import { MAIN } from "../support/program.ts";
import { useSandbox } from "../support/sandbox.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const FIXTURES = new URL("fixtures/", import.meta.url);
const sandbox = useSandbox();

/**
 * Every module costs a one-shot command 0.1 to 0.5 ms; an empty Node program takes 17 ms. Before you add a module to
 * this list, check that every call needs it.
 */
const EVERY_CALL = [
  ...[
    "argv",
    "callers",
    "end-with",
    "globals",
    "launcher-environment",
    "main",
    "one-shot",
    "own-command-line",
    "place",
    "run",
    "run-own",
    "standard-streams",
    "terminal-words",
    "this-program",
    "words",
  ].map((name) => `cmd/xsys/${name}.ts`),
  "cmd/xsys/print/json.ts",
  "clients/typescript/launcher/app-program.ts", // the name that the program was called by
  ...["errno", "handler", "raw-json", "root", "schema-check", "validate", "version"].map(
    (name) => `internal/base/${name}.ts`,
  ),
  ...["handlers", "one-shot-host", "router", "tasks"].map((name) => `internal/host/${name}.ts`),
  ...["in-place", "report"].map((name) => `internal/work/${name}.ts`),
  ...["command", "params", "schema", "words"].map((name) => `protocol/contract/${name}.ts`),
  ...["errors", "suggest"].map((name) => `protocol/${name}.ts`),
];

interface Call {
  readonly words: readonly string[];
  /** Modules loaded in addition to `EVERY_CALL`. */
  readonly modules: readonly string[];
  /** Built-in modules of Node. */
  readonly builtIns: readonly string[];
}

const CALLS: readonly Call[] = [
  {
    words: ["path", "join", "a", "b"],
    modules: ["internal/commands/path/join.ts", "protocol/commands/path.ts"],
    builtIns: ["os"],
  },
  {
    words: ["fs", "stats", MAIN],
    modules: ["internal/files/file-stats.ts", "internal/commands/fs/stats.ts", "protocol/commands/fs-read.ts"],
    builtIns: ["os"],
  },
  {
    words: ["sys", "info"],
    modules: ["internal/commands/sys/info.ts", "internal/facts/", "protocol/commands/sys.ts", "protocol/timers.ts"],
    builtIns: ["os", "timers/promises", "process"], // timers/promises loads process
  },
];

describe.each(CALLS)("xsys $words.0 $words.1", ({ words, modules, builtIns }) => {
  test("loads no other modules", async () => {
    const urls = await loadedBy(["--import", new URL("loaded-modules.mjs", FIXTURES).href, MAIN, ...words, "--json"]);
    const names = urls.map((url) => relative(ROOT, fileURLToPath(url)));
    expect(names).toContain("cmd/xsys/main.ts");
    const agreed = [...EVERY_CALL, ...modules, "package.json"];
    expect(names.filter((name) => !agreed.some((known) => name.startsWith(known)))).toEqual([]);
  });

  test("loads no other built-in modules of Node when bundled into one file", async () => {
    const names = await loadedBy([
      "--require",
      fileURLToPath(new URL("loaded-built-ins.cjs", FIXTURES)),
      bundle,
      ...words,
      "--json",
    ]);
    expect(names.filter((name) => !builtIns.includes(name))).toEqual([]);
  });
});

let bundle: string;

/** CommonJS, as in the executable: the ES module loader, and built-in modules imported by it, load more of Node. */
beforeEach(async () => {
  bundle = sandbox.path("xsys.cjs");
  await build({
    entryPoints: [MAIN],
    bundle: true,
    packages: "external",
    platform: "node",
    format: "cjs",
    outfile: bundle,
    logLevel: "error",
    logOverride: { "empty-import-meta": "silent" },
  });
});

/** The modules that the program loaded, as printed by a fixture. */
async function loadedBy(args: readonly string[]): Promise<string[]> {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args);
  expect(JSON.parse(stdout)).toMatchObject({ status: "ok" });
  return JSON.parse(stderr);
}
