import { ownProcess } from "../../cmd/xsys/place.ts";
import { run } from "../../cmd/xsys/run.ts";
import type { CommandLine, LineInput, LineOutput } from "../../internal/front/command-line.ts";

/** What a command line has printed, and its exit status. */
export interface Printed {
  readonly status: number | null;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

interface RunHere {
  readonly cwd: string;
  /** Without it standard input stays open and empty. */
  readonly input?: string | Uint8Array | undefined;
}

/** Runs the command line of a command in this process, as `xsys` runs it in its own: without the start of a process. */
export async function runHere(words: readonly string[], { cwd, input }: RunHere): Promise<Printed> {
  const [stdout, stderr] = [new MemoryOutput(), new MemoryOutput()];
  const line: CommandLine = {
    ...{ words, cwd, env: process.env, callerPid: process.pid, stdout, stderr },
    stdin: new MemoryInput(input),
    onInterrupt: () => () => {},
  };
  const status = await run(line, ownProcess);
  return { status, stdout: stdout.bytes(), stderr: stderr.bytes() };
}

class MemoryInput implements LineInput {
  readonly #input: string | Uint8Array | undefined;
  readonly #closed = Promise.withResolvers<void>();

  constructor(input: string | Uint8Array | undefined) {
    this.#input = input;
    this.#closed.promise.catch(() => {}); // a command that does not read has no listener
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    if (this.#input === undefined) await this.#closed.promise;
    else if (this.#input.length > 0) yield Buffer.from(this.#input);
  }

  cancel(reason: Error): void {
    this.#closed.reject(reason);
  }

  async drain(): Promise<void> {}

  release(): void {
    this.#closed.resolve();
  }
}

class MemoryOutput implements LineOutput {
  readonly isTTY = false;
  readonly columns: undefined;
  written = 0;
  readonly #chunks: Buffer[] = [];

  async write(bytes: Uint8Array | string): Promise<void> {
    this.written += bytes.length;
    this.#chunks.push(Buffer.from(bytes));
  }

  writeLast(text: string): Promise<void> {
    return this.write(text);
  }

  bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }
}
