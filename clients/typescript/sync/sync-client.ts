import { type AnyCommand, contractsByName } from "../../../protocol/commands/index.ts";
import type { Contract, EventOf, ResultOf, SendsBytes } from "../../../protocol/contract/command.ts";
import { delayRefusal } from "../../../protocol/timers.ts";
import type { HelloAnswer } from "../../../protocol/wire/message.ts";
import type { Arguments } from "../client.ts";
import { commandMethods, type MethodIn, type ModuleName } from "../command-methods.ts";
import type { SyncCarrier } from "./sync-carrier.ts";

export interface SyncCallOptions {
  /** Milliseconds until the call fails as TIMEOUT, and the service is told; 0 and Infinity are for ever. */
  readonly timeout?: number | undefined;
  /** Bytes for a command that reads a stream. */
  readonly input?: string | Uint8Array | undefined;
}

type SyncAnswerOf<C> = SendsBytes<C> extends true ? Buffer : EventOf<C> extends undefined ? ResultOf<C> : EventOf<C>[];

/**
 * `fs.hash`, `fs.topBigFiles`, …: a method for every command, which returns when it is answered. A command that sends
 * bytes returns all of them; one that sends events returns these, as soon as it ends.
 */
export type SyncCommandMethods = {
  [M in ModuleName]: {
    [C in AnyCommand as MethodIn<M, C>]: (...args: Arguments<C, SyncCallOptions>) => SyncAnswerOf<C>;
  };
};

/** A client of a running service whose calls block. */
export interface SyncClient extends SyncCommandMethods {
  /** The socket it talks over. */
  readonly socket: string;
  /** What the service told of itself when the connection was made. */
  readonly hello: HelloAnswer;
  /** Calls a command by name, for names known at run time only. */
  call(name: string, params?: object, options?: SyncCallOptions): unknown;
  /** Ends the connection. */
  close(): void;
  [Symbol.dispose](): void;
}

/** A client over a carrier. `timeout` is for calls that do not tell their own, in milliseconds. */
export function createSyncClient(carrier: SyncCarrier, timeout: number): SyncClient {
  const call = (name: string, params: object = {}, options: SyncCallOptions = {}): unknown => {
    const refusal = delayRefusal("timeout", options.timeout);
    if (refusal !== undefined) throw refusal;
    const answer = carrier.call({
      name,
      params: JSON.stringify(params),
      input: typeof options.input === "string" ? Buffer.from(options.input) : options.input,
      timeout: options.timeout ?? timeout,
    });
    const contract: Contract | undefined = contractsByName.get(name);
    if (contract?.output !== undefined) return answer.bytes;
    return contract?.events === undefined ? answer.result : answer.events;
  };
  const methods = commandMethods(
    ({ name }) =>
      (params?: object, options?: SyncCallOptions) =>
        call(name, params, options),
  );
  return {
    ...(methods as SyncCommandMethods),
    socket: carrier.socket,
    get hello() {
      return carrier.hello;
    },
    call,
    close: () => carrier.close(),
    [Symbol.dispose]: () => carrier.close(),
  };
}
