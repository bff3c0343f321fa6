import type { Method, Report } from "./ledger.ts";

/** Clients of a load, and their requests. */
export interface LoadOptions {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  /** `mixed`: each client sends GETs and POSTs in turn. */
  readonly method: Method | "mixed";
  /** Number of keep-alive clients. Each sends its next request as soon as it has the response. */
  readonly clients: number;
  /** Add one client that uses a new connection for each request. */
  readonly sequential: boolean;
  /** Milliseconds after which a request without a response counts as hanging. */
  readonly timeout: number;
}

/** A message to the load process. It answers each with a `Reply`. */
export type Order =
  | { readonly do: "start"; readonly options: LoadOptions }
  | { readonly do: "take" }
  /** Sends a signal to one of the answering processes. */
  | { readonly do: "kill"; readonly signal: NodeJS.Signals }
  | { readonly do: "look" }
  /** Pending requests are completed first. */
  | { readonly do: "stop" };

export interface Reply {
  readonly report?: Report;
  /** Id of the process that got the signal. Absent when none answers. */
  readonly killed?: number;
  readonly view?: View;
}

/** State of the server as its clients see it. */
export interface View {
  /** Processes that have responded recently, without the killed ones. */
  readonly answering: readonly number[];
  /** Age of the oldest pending request in milliseconds. */
  readonly oldest: number;
}
