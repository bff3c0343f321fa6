import type { ChildProcess } from "node:child_process";
import { cp, mkdir, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { commandLine } from "../../cmd/xsys/command-line.ts";
import { contracts } from "../../protocol/commands/index.ts";
import type { Contract } from "../../protocol/contract/command.ts";
import type { Ended } from "../support/command-line.ts";
import { EXECUTABLE, FRONT, type Home, loneFront, makeHome, runProgram, serveIn } from "./support/fronts.ts";

let home: Home;
let service: ChildProcess;
let lone: string;
let template: string;
let folder: string;

beforeAll(async () => {
  home = await makeHome();
  service = await serveIn(home);
  lone = await loneFront(home);
  template = join(home.folder, "template");
  folder = join(home.folder, "work");
  await furnish(template);
});
afterAll(async () => {
  service.kill("SIGKILL");
  await home.remove();
});

const FILES: Readonly<Record<string, string>> = {
  "notes.txt": "line 1\nline 2\nprice (USD)\n",
  "notes-old.txt": "line 1\nline two\n",
  "empty.txt": "",
  "config.json": "{}",
  "src/app.ts": "export {};\n",
  "src/lib/copy.ts": "export {};\n",
  "logs/app.log": "started\nworking\nstopped\n",
  "grün.txt": "Ä\n",
};

/** The files that the examples name, and the results of commands that other examples need. */
async function furnish(root: string): Promise<void> {
  for (const [name, text] of Object.entries(FILES)) {
    const file = join(root, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
    await utimes(file, 1_700_000_000, 1_700_000_000);
  }
  const run = (...words: string[]) => runProgram(EXECUTABLE, words, { cwd: root, env: home.env, input: "" });
  await run("archive", "compress", "notes.txt", "notes.gz");
  await run("archive", "tar", "src", "backup.tar.gz");
  await run("archive", "zip", "src", "site.zip");
  await cp(join(root, "notes.txt"), join(root, "sealed.txt"));
  await run("fs", "encrypt", "sealed.txt", "--key", "correct horse");
  await cp(join(root, "notes.txt"), join(root, "sealed-here.txt"));
  await run("fs", "hardware-encrypt", "sealed-here.txt", "--key", "correct horse");
}

interface Outcome extends Ended {
  /** Contents by path of the files after the command. */
  readonly files: Readonly<Record<string, string>>;
}

/** Runs a command line in a new copy of the template. */
async function outcomeOf(program: string, words: readonly string[], input?: string): Promise<Outcome> {
  await rm(folder, { recursive: true, force: true });
  await cp(template, folder, { recursive: true, preserveTimestamps: true });
  const end = await runProgram(program, words, { cwd: folder, env: home.env, input });
  return { ...end, files: await filesIn(folder) };
}

async function filesIn(root: string): Promise<Record<string, string>> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const texts = files.sort().map(async (file) => [file, (await readFile(file)).toString("latin1")] as const);
  return Object.fromEntries(await Promise.all(texts));
}

/** Commands whose output differs from run to run: facts of the moment, times and random bytes. */
const VOLATILE =
  /^(sys\.|fs\.(lock|stats|ls|merge|encrypt|hardware-encrypt|write-secure|split)$|archive\.|path\.metadata)/;

/** Without numbers, hexadecimal digits, and with them the widths of columns. */
function withoutNumbers(text: string): string {
  return text.replaceAll(/[0-9a-f]*\d[0-9a-f.]*/g, "#").replaceAll(/[ \u2500-\u257f]+/g, " ");
}

/** The types in JSON, or the first line of other output: the processes of a machine come and go. */
function shapeOf(text: string): unknown {
  try {
    return typesOf(JSON.parse(text));
  } catch {
    return withoutNumbers(text.split("\n")[0] ?? "").replaceAll(/\S*#\S*/g, "#");
  }
}

function typesOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(typesOf);
  if (typeof value !== "object" || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, typesOf(field)]));
}

function comparable({ files, stdout, stderr, ...ended }: Outcome, name: string): unknown {
  if (!VOLATILE.test(name)) return { files, stdout, stderr, ...ended };
  const printed = name.startsWith("sys.") ? shapeOf(stdout) : withoutNumbers(stdout);
  return { printed, stderr: withoutNumbers(stderr), files: Object.keys(files).map(withoutNumbers), ...ended };
}

/** The name of the command that a command line calls, "" without one. */
function commandOf(words: readonly string[]): string {
  const called = contracts.find(({ module, action }) => {
    const at = words.indexOf(module);
    return at >= 0 && words[at + 1] === action;
  });
  return called?.name ?? "";
}

/** Runs a command line with the executable and with the front, in copies of the template made one after the other. */
async function compare(words: readonly string[], input?: string): Promise<Outcome> {
  const name = commandOf(words);
  const executable = await outcomeOf(EXECUTABLE, words, input);
  const front = await outcomeOf(FRONT, words, input);
  expect(comparable(front, name)).toEqual(comparable(executable, name));
  return front;
}

const OPTIONS = { timeout: 120_000 };
/** Commands that run until they are interrupted, or that need a connection of their own. */
const ELSEWHERE = new Set(["terminal", "cluster", "app", "service", "monitor", "watch", "console"]);
const compared = contracts.filter(({ module, name }) => !ELSEWHERE.has(module) && !/^fs\.watch|^sys\.kill$/.test(name));

describe("the front has the result of the executable", () => {
  const examples = compared.flatMap((contract) => contract.examples.map((example) => ({ contract, ...example })));

  test.each(examples)("$contract.name: $title", OPTIONS, async ({ contract, params, input }) => {
    const words = commandLine(contract, params);
    const text = contract.input === undefined ? undefined : (input ?? "");
    await compare(words, text);
    await compare(["--json", ...words], text);
  });

  test.each(compared.map(({ name }) => [name]))("%s: errors", OPTIONS, async (name) => {
    const { module, action, input } = contracts.find((contract) => contract.name === name) as Contract;
    const text = input === undefined ? undefined : "input";
    await compare(["--json", module, action, "no such file", "other", "more", "words"], text);
  });

  const lines: [string, string[], string?][] = [
    ["no words", []],
    ["the version", ["--version"]],
    ["help", ["--help"]],
    ["help of a module", ["fs", "--help"]],
    ["the word help", ["help", "fs", "read"]],
    ["an unknown module", ["nothing", "here"]],
    ["an unknown action", ["fs", "reed"]],
    ["an unknown action as JSON", ["--json", "fs", "reed"]],
    ["an unknown option", ["fs", "ls", "--no-such-option"]],
    ["an unknown option as JSON", ["--json", "fs", "ls", "--no-such-option"]],
    ["a module alone", ["path"]],
    ["details of an error", ["--verbose", "fs", "read", "missing"]],
    ["a root", ["--root", "src", "fs", "ls"]],
    ["a root that does not exist", ["--root", "missing", "fs", "ls"]],
    ["a confined root", ["--root", "src", "--confine", "fs", "read", "../notes.txt"]],
    ["a word that is not UTF-8", ["path", "join", "a", "\u{fffd}"]],
    ["empty words", ["path", "join", "", "", ""]],
    ["a word of 100 KiB", ["path", "join", "x".repeat(100_000)]],
    ["a list as JSON, with a name that is not ASCII", ["--json", "fs", "ls", ".", "--recursive"]],
    ["bytes on standard output", ["fs", "cat", "grün.txt"]],
    ["input that is not read", ["fs", "stats", "notes.txt"], "unread"],
    ["input of a failed command", ["fs", "write", "src"], "x".repeat(1_000_000)],
    ["large input", ["fs", "write", "big.txt"], "x".repeat(3_000_000)],
    ["a service that does not run", ["--connect=/nonexistent/socket", "sys", "info"]],
    ["the environment", ["sys", "env", "XDG_RUNTIME_DIR"]],
    ["XyPriss's signature", ["--root", ".", "--signature", "0".repeat(128), "--json", "fs", "read", "notes.txt"]],
  ];
  test.each(lines)("%s", OPTIONS, async (_, words, input) => {
    await compare(words, input);
  });

  test("output of many megabytes", OPTIONS, async () => {
    await writeFile(join(template, "big.bin"), Buffer.alloc(20_000_000, "0123456789\n"));
    try {
      const { stdout } = await compare(["fs", "cat", "big.bin"]);
      expect(stdout.length).toBe(20_000_000);
    } finally {
      await rm(join(template, "big.bin"));
    }
  });
});

test("which commands the front hands over", OPTIONS, async () => {
  const handedOver: string[] = [];
  for (const { name, module, action } of contracts.filter(({ module }) => !ELSEWHERE.has(module))) {
    // Without parameters most commands fail: that is a result, too.
    const { stderr } = await outcomeOf(lone, [module, action, "--no-such-option"], "");
    if (stderr.includes("executable beside it")) handedOver.push(name);
  }
  const files = ["open", "close", "handle-read", "handle-write", "handle-seek", "handle-stat"];
  expect(handedOver).toEqual(files.map((action) => `fs.${action}`));
  for (const words of [
    ["sys", "kill", "--pid", "1"],
    ["fs", "open", "notes.txt"],
    ["serve"],
    ["terminal", "run", "true"],
  ]) {
    expect((await outcomeOf(lone, words)).stderr).toContain("executable beside it");
  }
  for (const words of [
    ["fs", "read", "/dev/stdin"],
    ["--verbose", "path", "join", "a"],
  ]) {
    expect((await outcomeOf(lone, words)).stderr).toContain("executable beside it");
  }
});
