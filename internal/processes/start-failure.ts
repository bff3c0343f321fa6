import { resolve } from "node:path";
import { programFile, type StartAttempt, startFault } from "../../protocol/start-failure.ts";
import type { ProcessEnd } from "./end.ts";
import { finalError } from "./final-error.ts";
import { isTooOld, NODE_NEEDED } from "./node-needed.ts";
import type { ProcessOptions } from "./options.ts";

/** Characters of a program's own words. */
const MAX_WORDS = 400;

export type Started = Pick<ProcessOptions, "command" | "cwd" | "env">;

/** What a process left that did not get ready. */
export interface FailedStart {
  readonly end: ProcessEnd | undefined;
  /** The supervisor ended it, for a cause of its own such as a missed deadline. */
  readonly endedBySupervisor: boolean;
  /** What it printed, the oldest first. */
  readonly lines: readonly string[];
}

/**
 * Why a process did not get ready, where its end or its output shows one of the usual reasons: the program, its folder,
 * interpreter or a module is missing, Node is too old or refuses an option, the syntax is wrong, an address is in use,
 * permission is denied, memory ran out. Undefined otherwise, and where the supervisor ended it.
 */
export function startFailure({ end, endedBySupervisor, lines }: FailedStart, started: Started): string | undefined {
  if (endedBySupervisor) return undefined;
  const attempt = attemptOf(started);
  if (end?.error !== undefined) return startFault((end.error as NodeJS.ErrnoException).code, attempt);
  // A shell that sets limits starts the program: it says by 127 and 126 what the system would have said by an error.
  const byShell = end?.code === 127 ? "ENOENT" : end?.code === 126 ? "EACCES" : undefined;
  return startFault(byShell, attempt) ?? fromOutput(lines, started);
}

/** A worker's environment is the service's own, and what it is given besides. */
export function attemptOf({ command: [program], cwd, env }: Started): StartAttempt {
  return { program, cwd, env: { ...process.env, ...env } };
}

type Explain = (found: RegExpExecArray, runtime: Runtime) => string;

/** Only the final error counts: the program went on after an earlier one. */
function fromOutput(lines: readonly string[], started: Started): string | undefined {
  const runtime = new Runtime(lines, started);
  for (const line of finalError(lines)) {
    for (const [pattern, explain] of REASONS) {
      const found = pattern.exec(line);
      if (found !== null) return explain(found, runtime).slice(0, 2 * MAX_WORDS);
    }
  }
  return undefined;
}

const REASONS: readonly (readonly [RegExp, Explain])[] = [
  [
    /ERR_UNKNOWN_FILE_EXTENSION\].*?extension "([^"]*)" for (.*)/,
    ([, extension, file], node) => `${node.cannot(`run the ${extension} file ${clipped(file)}`)}`,
  ],
  [/No such built-in module: (\S+)/, ([, name], node) => node.cannot(`load the module ${clipped(name)}`)],
  [/^(?:error: )?(SyntaxError: .*)/, ([, words], node) => `${clipped(words)}${node.asHint}`],
  [
    /(?:Cannot find|not found:?) (?:module|package) ['"]([^'"]+)['"](?: (?:imported )?from ['"]?([^'"]+)['"]?)?/i,
    ([, name = "", from], node) => {
      if (node.isEntryPoint(name)) return `the entry point ${clipped(name)} does not exist`;
      const by = from === undefined ? "" : `, which ${clipped(from)} imports,`;
      return `the module ${clipped(name)}${by} does not exist: is it installed?`;
    },
  ],
  [
    /EADDRINUSE:? (?:address already in use )?(\S*)/,
    ([, address]) =>
      `it listens on ${clipped(address) || "an address"} itself, which is in use: a worker gets its requests from xsys, ` +
      "and needs no port of its own",
  ],
  [
    /(?:EACCES|EPERM): (?:permission denied|operation not permitted),? (.*)/,
    ([, words]) => `permission denied: ${clipped(words)}`,
  ],
  [/: bad option: (.*)/, ([, option], node) => `${node.name} does not know the option ${clipped(option)}`],
  [/JavaScript heap out of memory/, (_, node) => `${node.name} ran out of memory`],
];

/** The Node that ran a worker, as far as its output and its command line tell. */
class Runtime {
  readonly #version: string | undefined;
  readonly #started: Started;

  constructor(lines: readonly string[], started: Started) {
    this.#started = started;
    const line = lines.findLast((each) => VERSION_LINE.test(each)) ?? "";
    this.#version = VERSION_LINE.exec(line)?.[1];
  }

  /** `Node v20.20.2 (/usr/bin/node)`. */
  get name(): string {
    const path = programFile(attemptOf(this.#started));
    const version = this.#version === undefined ? "" : ` ${this.#version}`;
    return path === undefined ? `Node${version}` : `Node${version} (${path})`;
  }

  cannot(what: string): string {
    const needed = this.#isTooOld ? `: Node ${NODE_NEEDED} or later is needed` : "";
    return `${this.name} cannot ${what}${needed}`;
  }

  /** What else may be behind an error that an old Node and a wrong program both cause. */
  get asHint(): string {
    return this.#isTooOld ? `; it was run by ${this.name}, and the SDK of xsys needs Node ${NODE_NEEDED} or later` : "";
  }

  isEntryPoint(name: string): boolean {
    const { command, cwd } = this.#started;
    return command.slice(1).some((word) => resolve(cwd, word) === name);
  }

  get #isTooOld(): boolean {
    return this.#version !== undefined && isTooOld(this.#version);
  }
}

/** The last line of what Node prints at an uncaught error. */
const VERSION_LINE = /^Node\.js (v\d+\.\d+\.\d+\S*)/;

function clipped(words: string | undefined): string {
  const text = words?.trim() ?? "";
  return text.length > MAX_WORDS ? `${text.slice(0, MAX_WORDS)} …` : text;
}
