import { dirname, isAbsolute, posix, relative, sep } from "node:path";
import { getRawAsset } from "node:sea";
import { Script } from "node:vm";

/**
 * The single executable's first step, and that of its threads: runs the part of the program that ENTRY names. The
 * program is carried as assets, `NAME.js` a CommonJS module each, with V8's compiled code of it in `NAME.js.cache`; a part
 * is compiled when it is first required, so that a call of one command costs that command.
 */
/** Name of the first part: the build, and whoever starts a thread, put its declaration before this text. */
declare const ENTRY: string;
/** The folder that the program was built to believe that it lies in; nothing is there. Set by the build. */
declare const CARRIED_ROOT: string;

type Require = (id: string) => unknown;
type Part = (require: Require, module: { exports: unknown }, exports: unknown, file: string, folder: string) => void;

const loaded = new Map<string, { exports: unknown }>();
/** Those that nearly every call needs, in one text: each by itself, they took 1 ms more. */
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

/** A cache that another V8 made, or one with other flags, is passed over by V8, which then compiles the text. */
function compiled<T>(name: string): T {
  const text = Buffer.from(getRawAsset(name)).toString("latin1"); // the build escapes what is not ASCII
  const cachedData = Buffer.from(getRawAsset(`${name}.cache`));
  return new Script(text, { filename: `xsys:${name}`, cachedData }).runInThisContext();
}

/** Parts by their paths, relative or below the root; the rest are Node's own. */
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

/** A thread that is started by the file of a part runs that part. */
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
