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
 * Every module costs a one-shot command 0.1 to 0.5 ms, where a Node program that does nothing takes 17. A longer list here
 * is a decision: is the module needed by this very call?
 */
const EVERY_CALL = [
  ...[
    "argv",
    "caller-pid",
    "callers",
    "end-with",
    "globals",
    "main",
    "one-shot",
    "run",
    "standard-streams",
    "terminal-words",
    "words",
  ].map((name) => `cmd/xsys/${name}.ts`),
  "cmd/xsys/print/json.ts",
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
  /** Beside those of every call. */
  readonly modules: readonly string[];
  /** Of Node itself. */
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
    builtIns: ["os", "timers/promises", "process"], // the second loads the third
  },
];

describe.each(CALLS)("xsys $words.0 $words.1", ({ words, modules, builtIns }) => {
  test("loads these modules and no more", async () => {
    const urls = await loadedBy(["--import", new URL("loaded-modules.mjs", FIXTURES).href, MAIN, ...words, "--json"]);
    const names = urls.map((url) => relative(ROOT, fileURLToPath(url)));
    expect(names).toContain("cmd/xsys/main.ts");
    const agreed = [...EVERY_CALL, ...modules, "package.json"];
    expect(names.filter((name) => !agreed.some((known) => name.startsWith(known)))).toEqual([]);
  });

  test("loads these parts of Node and no more, once it is one file", async () => {
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

/** As the executable has it: Node's loader of ES modules, and each built-in module that it imports, load more of Node. */
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

/** What a fixture says that the program loaded. */
async function loadedBy(args: readonly string[]): Promise<string[]> {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args);
  expect(JSON.parse(stdout)).toMatchObject({ status: "ok" });
  return JSON.parse(stderr);
}
