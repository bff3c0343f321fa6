import { describe, expect, test } from "vitest";
import { commandHelp, usageLine } from "../../../cmd/xsys/help/command-help.ts";
import { helpText } from "../../../cmd/xsys/help/help-text.ts";
import { ACTIONS, MODULES, WORDS } from "../../../cmd/xsys/words.ts";
import { contracts } from "../../../protocol/commands/index.ts";
import { command } from "../../../protocol/contract/command.ts";
import { optionName } from "../../../protocol/contract/params.ts";
import * as schema from "../../../protocol/contract/schema.ts";

const style = { columns: 80 };

test("help on a command shows everything in its contract", async () => {
  const contract = command("fs.send", {
    summary: "Send a file.",
    description: "In pieces of `chunkSize`, as `fs.cat`\nreads `path`.\n\nOr at once.",
    params: {
      path: schema.path({ description: "The file." }),
      to: schema.defaulted(schema.array(schema.string(), { description: "Receivers." }), []),
      chunkSize: schema.defaulted(schema.integer({ minimum: 1, unit: "bytes", description: "Of a piece." }), 10),
      how: schema.oneOf(["fast", "safe"], { description: "Manner." }),
      force: schema.defaulted(schema.boolean({ description: "Even so." }), false),
      data: schema.optional(schema.string({ description: "Text instead." })),
    },
    positionals: ["path", "to..."],
    input: { description: "Bytes.", param: "data" },
    output: { description: "What came back." },
    result: schema.nothing(),
    errors: ["NOT_FOUND"],
    examples: [{ title: "Safely", params: { path: "a b", to: ["x"], how: "safe" }, input: "hi\n" }],
    changes: true,
    needsService: true,
    since: "0.1.0",
  });
  expect(await commandHelp(contract, style)).toBe(`Usage: xsys fs send <path> [to...] [options]

Send a file.

In pieces of \`--chunk-size\`, as \`fs cat\` reads \`path\`.

Or at once.

This command always runs in the running service. If the service is not on the
default socket, use --connect SOCKET.

Positionals:
  path  The file.                                                       [string]
  to    Receivers.                                                      [string]

Options:
  --chunk-size BYTES  Of a piece. (bytes, at least 1)              [default: 10]
  --how VALUE         Manner. One of fast, safe.                      [required]
  --force             Even so.                                         [boolean]
  --data TEXT         Text instead.

Standard input: Bytes. --data replaces it.
Standard output: What came back.

Errors:
  NOT_FOUND  exit 66: The requested file, process or object does not exist.

Any command may fail with INVALID_PARAMS, DENIED, IO_ERROR, CANCELLED or
INTERNAL. Through a service, any command may also fail with UNAVAILABLE,
LIMIT_EXCEEDED or TOO_LARGE.

Global options and exit status: xsys --help

Examples:
  # Safely
  echo hi | xsys fs send 'a b' x --how safe
`);
});

test("the overview says what xsys is and lists every module and top-level command", async () => {
  const lines = (await helpText([], style)).split("\n");
  expect(lines[0]).toMatch(/^xsys: file and system commands, a process supervisor and an HTTP gateway\. /);
  for (const module of Object.keys(MODULES))
    expect(lines).toContainEqual(expect.stringMatching(`^  xsys ${module} <action>`));
  for (const word of Object.keys(WORDS)) expect(lines).toContainEqual(expect.stringMatching(`^  xsys ${word} `));
  expect(lines).toContainEqual(expect.stringMatching(/^ {2}--root DIRECTORY {2,}\S/));
  expect(lines).toContain("  66  NOT_FOUND");
  expect(lines.join("\n")).not.toContain("signature");
});

test("help on a module lists its actions and no others", async () => {
  for (const module of Object.keys(MODULES)) {
    const listed = (await helpText([module], style)).matchAll(/^ {2}([a-z][a-z-]*) {2,}/gm);
    const actions = contracts.filter((contract) => contract.module === module).map(({ action }) => action);
    const own = Object.keys(ACTIONS).filter((name) => name.startsWith(`${module} `));
    const all = [...actions, ...own.map((name) => name.slice(module.length + 1))];
    expect([...listed].map(([, action]) => action).toSorted()).toEqual(all.toSorted());
  }
});

test("every command's help has its usage, its options and an example", async () => {
  for (const contract of contracts) {
    const text = await helpText([contract.module, contract.action], style);
    expect(text.includes(`Usage: ${usageLine(contract)}\n`)).toBe(!contract.sdkOnly);
    expect(text).toContain(`\n  ${contract.sdkOnly ? "//" : "#"} ${contract.examples[0]?.title}\n`);
    const byPlace = (contract.positionals ?? []).map((name) => name.replace("...", ""));
    for (const name of Object.keys(contract.params.properties ?? {})) {
      expect(text).toMatch(new RegExp(`^  ${byPlace.includes(name) ? name : `--${optionName(name)}`}[ [[]`, "m"));
    }
  }
});

test("help on a command for SDK clients only shows no command line", async () => {
  const text = await helpText(["terminal", "resize"], style);
  expect(text).toMatch(/^Resize a terminal of this connection/);
  expect(text).toContain("  await xsys.terminal.resize({ terminal: 1, cols: 132, rows: 43 });");
  expect(text).not.toContain("xsys terminal resize");
  expect(text).not.toContain("--connect");
});

test("a shortcut for a command shows that command's help with its own usage line", async () => {
  expect(await helpText(["stop"], style)).toMatch(/^Usage: xsys stop \[options\]\n\nStop the service when /);
  expect(await helpText(["status"], style)).toContain("\n\nShort for `xsys service status`.\n\n");
});

test("help on serve lists its options with their defaults", async () => {
  const text = await helpText(["serve"], style);
  expect(text).toMatch(/^Usage: xsys serve \[options\]\n/);
  expect(text).toMatch(/--log-level .*\[default: info\]/s);
});

test("help on server start lists its flags grouped by topic", async () => {
  for (const words of [["server"], ["server", "start"]]) {
    const text = await helpText(words, { columns: 100 });
    expect(text).toMatch(/^Usage: xsys server start \[options\]\n/);
    expect(text).toMatch(/\nWorkers \(with --cluster\):\n {2}--cluster +Start and supervise workers\. +\[boolean\]\n/);
    expect(text).toMatch(/--timeout SECONDS [^[]*\(seconds\)\s+\[default: 30\]/);
    expect(text).toMatch(/--worker-pool +Use a task pool\. \(No effect; accepted because XyPriss\s+sends it\.\)/);
    expect(text).toMatch(/--static-dotfiles [^[]*One of\s+allow,\s+deny,\s+ignore\./);
  }
});

test("lines fit the terminal and are at most 100 columns wide", async () => {
  expect(widest(await helpText(["fs", "write"], { columns: 60 }))).toBeLessThanOrEqual(60);
  expect(widest(await helpText(["fs", "write"], { columns: 300 }))).toBeLessThanOrEqual(100);
  expect(widest(await helpText(["fs", "write"], { columns: 0 }))).toBeLessThanOrEqual(80);
});

describe("an unknown word", () => {
  test.each([
    [["sy"], 'there is no command "sy", did you mean "sys"?'],
    [["fs", "hsh"], 'there is no command "fs.hsh", did you mean "fs.hash"?'],
    [["constructor"], 'there is no command "constructor"'],
  ])("%j is rejected", async (words, message) => {
    await expect(helpText(words, style)).rejects.toMatchObject({ code: "UNKNOWN_COMMAND", message });
  });
});

function widest(text: string): number {
  return Math.max(...text.split("\n").map((line) => line.length));
}
