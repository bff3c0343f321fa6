import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { parseWords } from "../../cmd/xsys/argv.ts";
import { commandLine, shellLine } from "../../cmd/xsys/command-line.ts";
import { noGlobals } from "../../cmd/xsys/globals.ts";
import { contracts, contractsByName } from "../../protocol/commands/index.ts";
import type { Contract } from "../../protocol/contract/command.ts";
import { optionKinds, paramsFromWords, requiredTexts } from "../../protocol/contract/params.ts";
import { fc } from "../support/property.ts";

describe("a command line", () => {
  test.each([
    ["fs.ls", {}, ["fs", "ls"]],
    ["fs.ls", { path: "src", stats: true, recursive: false }, ["fs", "ls", "src", "--stats"]],
    ["fs.cat", { path: "a b", offset: 4, limit: -1 }, ["fs", "cat", "a b", "--offset", "4", "--limit", "-1"]],
    ["fs.stream", { path: "a", chunkSize: 10 }, ["fs", "stream", "a", "--chunk-size", "10"]],
    ["fs.merge", { dest: "all", sources: ["a", "b"] }, ["fs", "merge", "all", "a", "b"]],
    ["path.join", { segments: [] }, ["path", "join"]],
    ["fs.split", { path: "a", bytes: 4, out: "" }, ["fs", "split", "a", "--bytes", "4", "--out", ""]],
    ["sys.env", { name: undefined }, ["sys", "env"]],
  ])("is written for %s with %j", (name, params, words) => {
    expect(commandLine(contract(name), params)).toEqual(words);
  });

  test("puts flags first and ends them when a positional begins with a dash", () => {
    const params = { path: "-x", suffix: ".ts" };
    expect(commandLine(contract("path.basename"), params)).toEqual(["path", "basename", "--", "-x", ".ts"]);
    const cat = { path: "--limit", offset: 1 };
    expect(commandLine(contract("fs.cat"), cat)).toEqual(["fs", "cat", "--offset", "1", "--", "--limit"]);
  });

  test("gives a later positional by its flag when an earlier one is left out", () => {
    expect(commandLine(contract("fs.chmod"), { mode: "600" })).toEqual(["fs", "chmod", "--mode", "600"]);
    expect(commandLine(contract("fs.merge"), { sources: ["a", "b"] })).toEqual(["fs", "merge", "--sources", "a,b"]);
  });
});

test("the command line of every example parses back to the example's params", () => {
  for (const made of contracts) {
    for (const { params } of made.examples) {
      expect(readBack(made, params), made.name).toEqual(params);
    }
  }
});

test("positionals that look like options parse back to the same params", () => {
  const params = { path: "--mode", search: "--fast", replace: "--", mode: "literal" };
  expect(readBack(contract("fs.patch"), params)).toEqual(params);
  const segments = ["--json", "-x", "--root", ""];
  expect(readBack(contract("path.join"), { segments })).toEqual({ segments });
});

describe("a command line from XyPriss's client", () => {
  const signed = (made: Contract, ...words: string[]) => {
    const line = ["--json", "--root", "/srv", "--signature", "ab12", made.module, made.action, ...words];
    const texts = 2 + requiredTexts(made);
    const { positionals, options, globals } = parseWords(line, { kinds: optionKinds(made), texts });
    expect(globals).toEqual({ ...noGlobals(), json: true, root: "/srv", signed: true });
    return paramsFromWords(made, { positionals: positionals.slice(2), options });
  };

  test.each([
    ["fs.read", ["--json", "--bytes"], { path: "--json", bytes: true }],
    ["fs.read", ["--help"], { path: "--help" }],
    ["fs.write", ["--append", "--append"], { path: "--append", append: true }],
    ["fs.patch", ["f", "--mode=dev", "--"], { path: "f", search: "--mode=dev", replace: "--" }],
    ["fs.move", ["--root", "--version"], { src: "--root", dest: "--version" }],
    ["fs.merge", ["--json", "a", "--quiet"], { dest: "--json", sources: ["a", "--quiet"] }],
    ["path.join", ["a", "--", "--connect", "--help"], { segments: ["a", "--", "--connect", "--help"] }],
    ["path.correct", ["/a", "--tentative", "2", "--verify"], { path: "/a", tentative: 2, verify: true }],
    ["fs.ls", ["--stats"], { stats: true }],
    ["fs.cat", ["a", "--limit", "Infinity"], { path: "a", limit: Number.MAX_SAFE_INTEGER }],
    ["fs.hardware-encrypt", ["a", "--key", "null"], { path: "a" }],
    ["sys.kill", ["--pid", "7", "--name", "null"], { pid: 7 }],
    ["fs.close", ["--handle", "7"], { handle: 7 }],
    ["search.find", ["--json", "--pattern", "--json"], { path: "--json", pattern: "--json" }],
  ])("is parsed as the client intends: %s %j", (name, words, params) => {
    expect(signed(contract(name), ...words)).toEqual(params);
  });

  test("is rejected for an option that the command does not have", () => {
    expect(() => signed(contract("fs.rm"), "a", "--dry-run")).toThrow("fs.rm: unknown option --dry-run");
  });
});

describe("a shell line", () => {
  test.each([
    ["fs.hash", { path: "notes.txt" }, undefined, "xsys fs hash notes.txt"],
    ["path.normalize-separators", { path: "a\\b" }, undefined, "xsys path normalize-separators 'a\\b'"],
    ["fs.write", { path: "it's" }, "hello\n", "echo hello | xsys fs write 'it'\\''s'"],
    ["fs.write", { path: "a" }, "-n\n", "printf %s '-n\n' | xsys fs write a"],
    ["fs.write", { path: "a" }, "", "printf %s '' | xsys fs write a"],
  ])("is written for %s with %j and input %j", (name, params, input, line) => {
    expect(shellLine(contract(name), params, input)).toBe(line);
  });

  test("is split by a shell into the original words", () => {
    const contractOfWords = contract("path.join");
    const word = fc.string({ unit: "binary" }).filter((text) => !text.includes("\0") && text.isWellFormed());
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 8 }), (segments) => {
        const line = shellLine(contractOfWords, { segments });
        const seen = execFileSync("/bin/sh", ["-c", `xsys() { printf '%s\\0' "$@"; }; ${line}`], { encoding: "utf8" });
        expect(seen.split("\0").slice(0, -1)).toEqual(commandLine(contractOfWords, { segments }));
      }),
      { numRuns: 40 },
    );
  });
});

function readBack(made: Contract, params: object): Record<string, unknown> {
  const { positionals, options } = parseWords(commandLine(made, params), { kinds: optionKinds(made) });
  return paramsFromWords(made, { positionals: positionals.slice(2), options });
}

function contract(name: string): Contract {
  const found = contractsByName.get(name);
  if (found === undefined) throw new Error(`no command ${name}`);
  return found;
}
