import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Script } from "node:vm";
import type { Bundle } from "./bundle.ts";

const TOGETHER = "together.js";
const WARM_UP = fileURLToPath(new URL("warm-up.ts", import.meta.url));

/** A text that the executable carries, and V8's compiled code of it. */
export interface Compiled {
  readonly text: string;
  readonly cache: Uint8Array;
}

/**
 * The bundle's texts by name, those of its parts that plain calls need as one, `together.js`. The compiled code has what
 * typical calls ran, so that they compile nothing: 34 ms for a call in place of 46 with what V8 compiles unasked. Only the
 * very Node that makes it takes it.
 */
export async function compileAhead({ parts, loader }: Bundle): Promise<Map<string, Compiled>> {
  const folder = await mkdtemp(join(tmpdir(), "xsys-build-"));
  try {
    await layDown(folder, new Map([...parts, ["loader.js", loader], [TOGETHER, "({})"]]));
    await runPlainCalls(folder);
    const texts = await withTogether(folder, parts);
    await layDown(folder, texts);
    await runPlainCalls(folder);
    await runService(folder);
    const compiled = [...texts].map(async ([name, text]) => {
      const cache = await cacheIn(folder, name);
      return [name, { text, cache: cache ?? new Script(text).createCachedData() }] as const;
    });
    return new Map(await Promise.all(compiled));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function layDown(folder: string, texts: ReadonlyMap<string, string>): Promise<void> {
  for (const [name, text] of texts) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
}

/** Puts together the parts of which calls have left compiled code, which is removed. */
async function withTogether(folder: string, parts: Bundle["parts"]): Promise<Map<string, string>> {
  const texts = new Map(parts);
  const members: string[] = [];
  for (const [name, text] of parts) {
    if ((await cacheIn(folder, name)) === undefined) continue;
    await rm(join(folder, `${name}.cache`));
    members.push(`${JSON.stringify(name)}:${text}`);
    texts.delete(name);
  }
  await rm(join(folder, `${TOGETHER}.cache`));
  return texts.set(TOGETHER, `({${members.join(",\n")}})`);
}

function cacheIn(folder: string, name: string): Promise<Uint8Array | undefined> {
  return readFile(join(folder, `${name}.cache`)).catch(() => undefined);
}

async function runPlainCalls(folder: string): Promise<void> {
  await call(folder, "fs", "stats", folder, "--json");
  await call(folder, "path", "join", "a", "b", "--json");
}

/** A text's compiled code is of the first call that needs it. */
async function runService(folder: string): Promise<void> {
  const socket = join(folder, "s");
  await call(folder, "sys", "info");
  const service = warmUp(folder, ["serve", "--socket", socket, "--log-level", "silent"]);
  await Promise.race([once(service.child.stdout, "data"), service.ended]);
  await call(folder, "--connect", socket, "sys", "info", "--json");
  await call(folder, "stop", "--connect", socket);
  await service.ended;
}

async function call(folder: string, ...words: string[]): Promise<void> {
  const { child, ended } = warmUp(folder, words);
  child.stdout.resume();
  await ended;
}

function warmUp(folder: string, words: readonly string[]) {
  const child = spawn(process.execPath, [WARM_UP, folder, ...words], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "exit").then(([status]) => {
    if (status !== 0) throw new Error(`the bundle cannot run: xsys ${words.join(" ")} ended with ${status}`);
  });
  return { child, ended };
}
