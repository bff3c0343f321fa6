import type { Events } from "../../internal/base/context.ts";
import type { Contract } from "../../protocol/contract/command.ts";
import { EVENT_LINES } from "./print/event-lines.ts";
import { toAsciiJson } from "./print/json.ts";
import type { StandardOutput } from "./standard-streams.ts";

/** A command's events on standard output: a line of JSON each under `--json`, and otherwise what a person reads. */
export class EventPrinter implements Events {
  readonly ready = true;
  readonly #output: StandardOutput;
  readonly #line: (event: unknown) => string;
  /** Each event takes the place of the one before it, on a terminal. */
  readonly #redraws: boolean;
  /** Standard output is for the bytes that the command sends. */
  readonly #silent: boolean;
  #open = false;

  constructor(contract: Contract, { json }: { readonly json: boolean }, output: StandardOutput) {
    const lines = EVENT_LINES[contract.name];
    this.#output = output;
    this.#line = json || lines === undefined ? toAsciiJson : lines.line;
    this.#silent = contract.output !== undefined;
    this.#redraws = !json && lines?.redraws === true && process.stdout.isTTY;
  }

  async emit(event: unknown): Promise<void> {
    if (this.#silent) return;
    const line = this.#line(event);
    if (!this.#redraws) return this.#output.write(`${line}\n`);
    this.#open = true;
    return this.#output.write(`\r\x1b[2K${line.slice(0, Math.max(1, process.stdout.columns - 1))}`);
  }

  /** Leaves the cursor on a line of its own. */
  async end(): Promise<void> {
    if (this.#open) await this.#output.write("\n");
    this.#open = false;
  }
}
