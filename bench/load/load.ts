import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Report } from "./ledger.ts";
import type { LoadOptions, Order, Reply, View } from "./order.ts";

const PROCESS = fileURLToPath(new URL("process.ts", import.meta.url));

/** Clients in their own process that send requests to a server without a pause. */
export class Load implements AsyncDisposable {
  readonly #child: ChildProcess;
  /** The last order. Orders are executed one after the other. */
  #last: Promise<unknown> = Promise.resolve();

  static async start(options: LoadOptions): Promise<Load> {
    const load = new Load(fork(PROCESS));
    await load.#order({ do: "start", options });
    return load;
  }

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Returns the report since the previous call. */
  async take(): Promise<Report> {
    return reportOf(await this.#order({ do: "take" }));
  }

  async look(): Promise<View> {
    const { view } = await this.#order({ do: "look" });
    if (view === undefined) throw new Error("the load process sent no view");
    return view;
  }

  /** Sends a signal to a random process of those that answer. Returns its id, or undefined when none answers. */
  async kill(signal: NodeJS.Signals = "SIGKILL"): Promise<number | undefined> {
    const { killed } = await this.#order({ do: "kill", signal });
    return killed;
  }

  /** Ends the load when its pending requests are answered or have failed. */
  async stop(): Promise<Report> {
    const report = reportOf(await this.#order({ do: "stop" }));
    await this[Symbol.asyncDispose]();
    return report;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exit = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await exit;
  }

  #order(order: Order): Promise<Reply> {
    const carriedOut = this.#last.then(() => this.#send(order));
    this.#last = carriedOut.catch(() => {});
    return carriedOut;
  }

  async #send(order: Order): Promise<Reply> {
    const ended = new AbortController();
    const onExit = () => ended.abort(new Error("the load process has ended"));
    this.#child.once("exit", onExit);
    try {
      const reply = once(this.#child, "message", { signal: ended.signal });
      this.#child.send(order);
      return (await reply)[0];
    } finally {
      this.#child.off("exit", onExit);
    }
  }
}

function reportOf({ report }: Reply): Report {
  if (report === undefined) throw new Error("the load process sent no report");
  return report;
}
