import type { Events } from "../../internal/base/context.ts";
import type { LineOutput } from "../../internal/front/command-line.ts";
import type { Contract } from "../../protocol/contract/command.ts";
import { EVENT_LINES } from "./print/event-lines.ts";
import { toAsciiJson } from "./print/json.ts";

/** Prints a command's events to standard output: one line of JSON each with `--json`, otherwise readable text. */
export class EventPrinter implements Events {
  readonly ready = true;
  readonly #output: LineOutput;
  readonly #line: (event: unknown) => string;
  /** On a terminal, each event overwrites the previous one. */
  readonly #redraws: boolean;
  /** Events are not printed because standard output is used for the bytes that the command sends. */
  readonly #silent: boolean;
  #open = false;

  constructor(contract: Contract, { json }: { readonly json: boolean }, output: LineOutput) {
    const lines = EVENT_LINES[contract.name];
    this.#output = output;
    this.#line = json || lines === undefined ? toAsciiJson : lines.line;
    this.#silent = contract.output !== undefined;
    this.#redraws = !json && lines?.redraws === true && output.isTTY;
  }

  async emit(event: unknown): Promise<void> {
    if (this.#silent) return;
    const line = this.#line(event);
    if (!this.#redraws) return this.#output.write(`${line}\n`);
    this.#open = true;
    return this.#output.write(`\r\x1b[2K${line.slice(0, Math.max(1, (this.#output.columns ?? 80) - 1))}`);
  }

  /** Ends the line if an event was drawn on it. */
  async end(): Promise<void> {
    if (this.#open) await this.#output.write("\n");
    this.#open = false;
  }
}
