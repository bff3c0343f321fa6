import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { bundle } from "../../scripts/build/bundle.ts";
import { HOME } from "../../scripts/home.ts";
import { PROGRAM } from "../support/program.ts";

/** Entry points of the program and its threads. They cannot be loaded here, because loading them runs them. */
const STARTED = ["cmd/xsys/executable/main.js", "internal/host/task-thread.js", "worker.js"];

interface Checked {
  readonly parts: Readonly<Record<string, readonly string[]>>;
  readonly texts: number;
  readonly rejected: readonly string[];
}

async function check(names: readonly string[]): Promise<Checked> {
  const { stdout } = await promisify(execFile)(PROGRAM[0], ["__check-parts", ...names]);
  return JSON.parse(stdout);
}

/** The commit that the executable was built from. It is in a part's contents, and so in the names of the parts. */
async function builtCommit(): Promise<string> {
  const { stdout } = await promisify(execFile)(PROGRAM[0], ["--version"]);
  return /\((.+), Node/.exec(stdout)?.[1] ?? "";
}

/** A built part and its source. */
interface Part {
  readonly name: string;
  /** The module that is loaded on demand as this part. Undefined for code that several parts share. */
  readonly source: string | undefined;
  readonly exports: readonly string[];
}

async function partsOf({ metafile }: Awaited<ReturnType<typeof bundle>>): Promise<Part[]> {
  return Object.entries(metafile.outputs).map(([file, { entryPoint, exports }]) => {
    return { name: file.slice("dist/".length), source: entryPoint, exports };
  });
}

describe("the parts of the executable", { timeout: 180_000 }, () => {
  test("export the same names as their modules do in Node", async () => {
    const parts = (await partsOf(await bundle({ commit: await builtCommit() }))).filter(
      ({ name }) => !STARTED.includes(name),
    );
    const loaded = await check(parts.map(({ name }) => name));
    const missing = parts.map(async ({ name, source, exports }) => {
      const wanted = source === undefined ? exports : Object.keys(await import(join(HOME, source)));
      return wanted.filter((each) => !loaded.parts[name]?.includes(each)).map((each) => `${source ?? name}: ${each}`);
    });
    expect((await Promise.all(missing)).flat()).toEqual([]);
    expect(parts.filter(({ source }) => source !== undefined).length).toBeGreaterThan(150);
    expect(loaded.parts[parts.find(({ source }) => source?.endsWith("/busboy.ts"))?.name ?? ""]).toContain("Busboy");
  });

  test("include compiled code that V8 accepts", async () => {
    const { texts, rejected } = await check([]);
    expect(rejected).toEqual([]);
    expect(texts).toBeGreaterThan(200);
  });
});
