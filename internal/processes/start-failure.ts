import { resolve } from "node:path";
import { programFile, type StartAttempt, startFault } from "../../protocol/start-failure.ts";
import type { ProcessEnd } from "./end.ts";
import { finalError } from "./final-error.ts";
import { isTooOld, NODE_NEEDED } from "./node-needed.ts";
import type { ProcessOptions } from "./options.ts";

/** Maximum characters quoted from a program's output. */
const MAX_WORDS = 400;

export interface Started extends Pick<ProcessOptions, "command" | "cwd" | "env"> {
  /** How the program gets its port, for one that tried to open a port that is in use. */
  readonly portHint?: string | undefined;
}

/** The `portHint` of a worker. */
export const NEEDS_NO_PORT = "a worker receives its requests from xsys and needs no port";

/** A process that ended before it was ready. */
export interface FailedStart {
  readonly end: ProcessEnd | undefined;
  /** The supervisor ended it, for example after a timeout. */
  readonly endedBySupervisor: boolean;
  /** Its output, oldest line first. */
  readonly lines: readonly string[];
}

/**
 * Returns why a process did not become ready, if its end or its output shows a known reason: the program, its folder,
 * its interpreter or a module is missing, Node is too old or refuses an option, a syntax error, an address in use,
 * permission denied, or out of memory. Undefined otherwise, and if the supervisor ended the process.
 */
export function startFailure({ end, endedBySupervisor, lines }: FailedStart, started: Started): string | undefined {
  if (endedBySupervisor) return undefined;
  const attempt = attemptOf(started);
  if (end?.error !== undefined) return startFault((end.error as NodeJS.ErrnoException).code, attempt);
  // If a shell sets limits and starts the program, its exit codes 127 and 126 stand for the system's ENOENT and EACCES.
  const byShell = end?.code === 127 ? "ENOENT" : end?.code === 126 ? "EACCES" : undefined;
  return startFault(byShell, attempt) ?? fromOutput(lines, started);
}

/** A worker inherits the service's environment, with additions. */
export function attemptOf({ command: [program], cwd, env }: Started): StartAttempt {
  return { program, cwd, env: { ...process.env, ...env } };
}

type Explain = (found: RegExpExecArray, runtime: Runtime) => string;

/** Only the last error counts: the program continued after any earlier one. */
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
  // Of the keeper of apps, which opens the port in place of the app (clients/typescript/preload/ask-keeper.ts).
  [/EADDRINUSE: (port \d+ (?:is in use(?: by process \d+)?|belongs to the app \S+))/, ([, words = ""]) => words],
  [
    /EADDRINUSE:? (?:address already in use )?(\S*)/,
    ([, address], { hint }) => `it tried to listen on ${clipped(address) || "an address"}, which is in use${hint}`,
  ],
  // Of Python, Go, C and others, without the address.
  [/^(.*\baddress already in use\b.*)/i, ([, words], { hint }) => `${clipped(words)}${hint}`],
  [
    /(?:EACCES|EPERM): (?:permission denied|operation not permitted),? (.*)/,
    ([, words]) => `permission denied: ${clipped(words)}`,
  ],
  [/: bad option: (.*)/, ([, option], node) => `${node.name} does not know the option ${clipped(option)}`],
  [/JavaScript heap out of memory/, (_, node) => `${node.name} ran out of memory`],
];

/** The Node that ran a worker, by its output and its command line. */
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

  /** How it gets its port, after a colon; empty if that is not known. */
  get hint(): string {
    const { portHint } = this.#started;
    return portHint === undefined ? "" : `: ${portHint}`;
  }

  cannot(what: string): string {
    const needed = this.#isTooOld ? `: Node ${NODE_NEEDED} or later is needed` : "";
    return `${this.name} cannot ${what}${needed}`;
  }

  /** A hint for errors that either an old Node or the program itself may cause. */
  get asHint(): string {
    return this.#isTooOld
      ? `; it was run by ${this.name}, which may be too old: TypeScript files need Node ${NODE_NEEDED} or later`
      : "";
  }

  isEntryPoint(name: string): boolean {
    const { command, cwd } = this.#started;
    return command.slice(1).some((word) => resolve(cwd, word) === name);
  }

  get #isTooOld(): boolean {
    return this.#version !== undefined && isTooOld(this.#version);
  }
}

/** The last line that Node prints after an uncaught error. */
const VERSION_LINE = /^Node\.js (v\d+\.\d+\.\d+\S*)/;

function clipped(words: string | undefined): string {
  const text = words?.trim() ?? "";
  return text.length > MAX_WORDS ? `${text.slice(0, MAX_WORDS)} …` : text;
}
