import type { Logger } from "../log.ts";
import type { Answer } from "./answer.ts";
import type { Exchange } from "./exchange.ts";
import type { Features } from "./features.ts";
import type { GatewayOptions } from "./options.ts";
import type { WorkerPool } from "./workers/worker-pool.ts";

/** What is known of the workers beyond their connections. */
export interface WorkerFigures {
  /** How many there are to be; 0 where others start them. */
  readonly wanted: number;
  readonly restarts: number;
  /** Resident bytes, of those that are known. */
  readonly memory: readonly { readonly id: string; readonly memory?: number | undefined }[];
}

export interface ObserverHome {
  readonly options: GatewayOptions;
  readonly features: Features;
  readonly pool: WorkerPool;
  readonly log: Logger;
  readonly workers: () => WorkerFigures;
}

/** Sees every request begin and end: what is counted of them, told of them, and waited for. */
export class Observer {
  #inFlight = 0;
  #onIdle: (() => void) | undefined;

  static async create(home: ObserverHome): Promise<Observer> {
    return new Observer(home);
  }

  private constructor(_home: ObserverHome) {}

  began(exchange: Exchange): void {
    this.#inFlight++;
    exchange.onEnd(() => this.#ended(exchange));
  }

  page(_exchange: Exchange): Answer | Promise<Answer> | undefined {
    return undefined;
  }

  async idle(milliseconds: number): Promise<void> {
    if (this.#inFlight === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#onIdle = resolve;
    const overdue = setTimeout(resolve, milliseconds);
    await promise;
    clearTimeout(overdue);
  }

  #ended(_exchange: Exchange): void {
    this.#inFlight--;
    if (this.#inFlight === 0) this.#onIdle?.();
  }
}
