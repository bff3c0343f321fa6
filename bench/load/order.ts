import type { Report } from "./ledger.ts";

/** Who asks, and for what. */
export interface LoadOptions {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly method: "GET" | "POST";
  /** Clients that keep their connection and ask as soon as they are answered. */
  readonly clients: number;
  /** One client more, with a new connection for each request. */
  readonly sequential: boolean;
  /** Milliseconds after which a request without an answer counts as hanging. */
  readonly patience: number;
}

/** What the process of a load is told to do; it answers each with a `Reply`. */
export type Order =
  | { readonly do: "start"; readonly options: LoadOptions }
  | { readonly do: "take" }
  /** SIGKILL, or another signal, for one of the processes that answer. */
  | { readonly do: "kill"; readonly signal: NodeJS.Signals }
  | { readonly do: "look" }
  /** The requests under way are still waited for. */
  | { readonly do: "stop" };

export interface Reply {
  readonly report?: Report;
  /** Who was killed; absent when nobody answers. */
  readonly killed?: number;
  readonly view?: View;
}

/** How the server looks to its clients just now. */
export interface View {
  /** Processes that have answered lately, but for the last one killed. */
  readonly answering: readonly number[];
  /** Milliseconds that the oldest request under way has waited. */
  readonly oldest: number;
}
