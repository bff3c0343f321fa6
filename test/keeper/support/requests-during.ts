import { Agent, request } from "node:http";
import { request as requestSecurely, Agent as SecureAgent } from "node:https";
import { pause } from "../../../protocol/timers.ts";

/** Where clients send their requests, and how. */
export interface Target {
  readonly port: number;
  readonly scheme?: "http" | "https";
  /** Whether clients keep their connections. */
  readonly keepsConnections?: boolean;
  /** Path of the POST requests, which have a JSON body. */
  readonly postPath?: string;
  readonly clients?: number;
  /** Milliseconds between the requests of a client. */
  readonly pause?: number;
}

/** What became of the requests of all clients. */
export interface Outcome {
  answers: number;
  /** Of requests that may be repeated. */
  failed: string[];
  /** Of POST requests. */
  failedPosts: string[];
}

/** Clients send requests until `during` is over, at least one each. */
export async function requestsDuring(target: Target, during: Promise<unknown>): Promise<Outcome> {
  const clients = new Clients(target);
  try {
    await during;
  } finally {
    await clients.stop();
  }
  return clients.outcome;
}

/** Clients that send requests one after the other; every fourth is a POST. */
export class Clients {
  readonly outcome: Outcome = { answers: 0, failed: [], failedPosts: [] };
  readonly #target: Target;
  readonly #agent: Agent;
  /** When each request that is not answered yet was sent. */
  readonly #pending = new Set<{ readonly since: number }>();
  readonly #running: Promise<unknown>;
  #isOver = false;

  constructor(target: Target) {
    const { clients = 4, keepsConnections = true, scheme } = target;
    const options = { keepAlive: keepsConnections, maxSockets: clients };
    this.#target = target;
    this.#agent = scheme === "https" ? new SecureAgent({ ...options, rejectUnauthorized: false }) : new Agent(options);
    this.#running = Promise.all(Array.from({ length: clients }, (_, index) => this.#run(index)));
  }

  /** Milliseconds for which a request has waited. */
  get longestWait(): number {
    return Math.max(0, ...[...this.#pending].map(({ since }) => performance.now() - since));
  }

  /** Ends when all requests are answered, or have failed. */
  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#running;
    this.#agent.destroy();
  }

  async #run(first: number): Promise<void> {
    const { outcome } = this;
    for (let number = first; !this.#isOver; number++) {
      const method = number % 4 === 0 ? "POST" : "GET";
      const pending = { since: performance.now() };
      this.#pending.add(pending);
      const fault = await send(this.#agent, this.#target, method);
      this.#pending.delete(pending);
      if (fault === undefined) outcome.answers++;
      else (method === "GET" ? outcome.failed : outcome.failedPosts).push(fault);
      if (this.#target.pause !== undefined) await pause(this.#target.pause);
    }
  }
}

/** Resolves to why the request failed. */
function send(agent: Agent, { port, scheme, postPath = "/" }: Target, method: string): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const isPost = method === "POST";
  const options = { agent, port, method, host: "127.0.0.1", path: isPost ? postPath : "/" };
  const headers = isPost ? { "content-type": "application/json" } : {};
  const sent = (scheme === "https" ? requestSecurely : request)({ ...options, headers }, (answer) => {
    const { statusCode = 0 } = answer;
    answer.resume();
    answer.on("end", () => resolve(statusCode === 200 || statusCode === 201 ? undefined : String(statusCode)));
    answer.on("error", (error) => resolve(error.message));
  });
  sent.on("error", (error) => resolve(error.message));
  sent.end(isPost ? '{"a":1}' : undefined);
  return promise;
}
