import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable, Writable } from "node:stream";

/** A signature in the format that XyPriss's client sends. */
const SIGNATURE = "0123456789abcdef".repeat(8);

type Options = Readonly<Record<string, unknown>>;

/**
 * Runs a binary as XyPriss's own runner does: with the same arguments in the same order, the same standard streams, and
 * the same parsing of the output. Its errors have the message that the application gets.
 */
export class XyPrissClient {
  readonly #binary: string;
  readonly #root: string;
  readonly #children: ChildProcessWithoutNullStreams[] = [];

  constructor(binary: string, root: string) {
    this.#binary = binary;
    this.#root = root;
  }

  runSync(module: string, action: string, args: readonly string[] = [], options: Options = {}): unknown {
    const { verbose, quiet, interactive, input } = options;
    const words = [
      ...this.#base(),
      ...(verbose === true ? ["--verbose"] : []),
      ...(quiet === true ? ["--quiet"] : []),
      ...(interactive === true ? [] : ["--json"]),
    ];
    try {
      const stdout = execFileSync(this.#binary, [...words, module, action, ...args, ...flags(options)], {
        cwd: this.#root,
        encoding: "utf8",
        maxBuffer: 100 * 1024 * 1024,
        stdio: interactive === true ? "ignore" : [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
        ...(input === undefined ? {} : { input: input as string }),
      });
      return interactive === true ? undefined : parseOutput(stdout);
    } catch (error) {
      if (interactive === true) return undefined;
      const { stdout, stderr, message } = error as { stdout: string; stderr: string; message: string };
      throw new Error(stdout === "" ? stderr.trim().replace(/^Error: /, "") : (messageIn(stdout) ?? message));
    }
  }

  async runAsync(module: string, action: string, args: readonly string[] = [], options: Options = {}) {
    const { verbose, quiet, input } = options;
    const child = this.#spawn([
      "--json",
      ...this.#base(),
      ...(verbose === true ? ["--verbose"] : []),
      ...(quiet === true ? ["--quiet"] : []),
      ...[module, action, ...args, ...flags(options)],
    ]);
    if (input !== undefined) child.stdin.end(input);
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (chunk: Buffer) => {
      stdout += chunk.toString(); // as in XyPriss: a character split over two chunks is lost
    });
    child.stderr.on("data", (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    const [status] = await once(child, "close");
    if (status === 0) return parseOutput(stdout);
    throw new Error(messageIn(stdout) ?? (stderr.trim() || `Command failed with exit code ${status}`));
  }

  runStream(module: string, action: string, args: readonly string[] = [], options: Options = {}): Readable {
    return this.#spawn([...this.#base(), module, action, ...args, ...flags(options)]).stdout;
  }

  runWritableStream(module: string, action: string, args: readonly string[] = [], options: Options = {}): Writable {
    return this.#spawn([...this.#base(), module, action, ...args, ...flags(options)]).stdin;
  }

  /** Resolves when every process has ended by itself, with its standard input still open. */
  async ended(): Promise<void> {
    for (const child of this.#children) if (child.exitCode === null) await once(child, "exit");
  }

  #base(): string[] {
    return ["--root", this.#root, "--signature", SIGNATURE];
  }

  #spawn(words: readonly string[]): ChildProcessWithoutNullStreams {
    const child = spawn(this.#binary, words, { cwd: this.#root });
    this.#children.push(child);
    return child;
  }
}

const CONSUMED = ["verbose", "quiet", "json", "interactive", "input"];

function flags(options: Options): string[] {
  return Object.entries(options).flatMap(([key, value]) => {
    if (CONSUMED.includes(key) || value === false || value === undefined) return [];
    const flag = `--${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    return value === true ? [flag] : [flag, String(value)];
  });
}

/** Parses standard output as XyPriss's runner does. */
function parseOutput(stdout: string): unknown {
  for (const text of [stdout, stdout.slice(stdout.indexOf("{"), stdout.lastIndexOf("}") + 1)]) {
    try {
      const value = JSON.parse(text);
      return typeof value === "object" && value !== null && "status" in value && "data" in value ? value.data : value;
    } catch {
      // try the next text
    }
  }
  return stdout;
}

function messageIn(stdout: string): string | undefined {
  try {
    const { status, message } = JSON.parse(stdout);
    return status === "error" ? message : undefined;
  } catch {
    return undefined;
  }
}
