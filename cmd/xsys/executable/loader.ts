import { dirname, isAbsolute, posix, relative, sep } from "node:path";
import { getRawAsset } from "node:sea";
import { Script } from "node:vm";

/**
 * Entry point of the single executable and of its threads: runs the part of the program named by ENTRY. The program is
 * embedded as assets: each `NAME.js` is a CommonJS module, with V8's compiled code in `NAME.js.cache`. A part is
 * compiled when it is first required, so that a call loads only the code of its command.
 */
/** Name of the first part. The build, and the code that starts a thread, put its declaration before this text. */
declare const ENTRY: string;
/** The directory in which the program was built to run; it does not exist on disk. Set by the build. */
declare const CARRIED_ROOT: string;

type Require = (id: string) => unknown;
type Part = (require: Require, module: { exports: unknown }, exports: unknown, file: string, folder: string) => void;

const loaded = new Map<string, { exports: unknown }>();
/** Parts that nearly every call needs, in one text: loaded separately, they took 1 ms more. */
const together = compiled<Readonly<Record<string, Part>>>("together.js");
load(ENTRY);

function load(name: string): unknown {
  const known = loaded.get(name);
  if (known !== undefined) return known.exports;
  const module = { exports: {} };
  loaded.set(name, module);
  const part = together[name] ?? compiled<Part>(name);
  part(requireFrom(name), module, module.exports, `${CARRIED_ROOT}${sep}${name}`, CARRIED_ROOT);
  return module.exports;
}

/** V8 ignores a cache from another version or with other flags, and compiles the text. */
function compiled<T>(name: string): T {
  const text = Buffer.from(getRawAsset(name)).toString("latin1"); // the build escapes what is not ASCII
  const cachedData = Buffer.from(getRawAsset(`${name}.cache`));
  return new Script(text, { filename: `xsys:${name}`, cachedData }).runInThisContext();
}

/** Resolves parts by their paths, relative or below the root; all other ids are Node's built-in modules. */
function requireFrom(from: string): Require {
  return (id) => {
    if (id.startsWith(".")) return load(posix.join(dirname(from), id));
    const name = carriedName(id);
    if (name !== undefined) return load(name);
    const builtIn = require(id);
    return id === "node:worker_threads" || id === "worker_threads" ? withCarriedThreads(builtIn) : builtIn;
  };
}

function carriedName(file: string): string | undefined {
  if (!isAbsolute(file) || !file.startsWith(CARRIED_ROOT + sep)) return undefined;
  return relative(CARRIED_ROOT, file).replaceAll("\\", "/").replace(/\.ts$/, ".js");
}

type Threads = typeof import("node:worker_threads");

let threads: Threads | undefined;

/** A thread that is started with the file of a part runs that part. */
function withCarriedThreads(builtIn: Threads): Threads {
  threads ??= {
    ...builtIn,
    Worker: class extends builtIn.Worker {
      constructor(file: string | URL, options?: import("node:worker_threads").WorkerOptions) {
        const name = typeof file === "string" ? carriedName(file) : undefined;
        if (name === undefined) super(file, options);
        else super(threadText(name), { ...options, eval: true });
      }
    },
  };
  return threads;
}

function threadText(name: string): string {
  const text = Buffer.from(getRawAsset("loader.js")).toString("latin1");
  return `process.removeAllListeners("warning");const ENTRY=${JSON.stringify(name)};${text}`;
}
