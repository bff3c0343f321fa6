import { type AnyCommand, contractsByName } from "../../../protocol/commands/index.ts";
import type { Contract, EventOf, ResultOf, SendsBytes } from "../../../protocol/contract/command.ts";
import { delayRefusal } from "../../../protocol/timers.ts";
import type { HelloAnswer } from "../../../protocol/wire/message.ts";
import type { Arguments } from "../client.ts";
import { commandMethods, type MethodIn, type ModuleName } from "../command-methods.ts";
import type { SyncTransport } from "./sync-transport.ts";

export interface SyncCallOptions {
  /** Milliseconds until the call fails with TIMEOUT and the service stops its work; 0 and Infinity: no timeout. */
  readonly timeout?: number | undefined;
  /** Input for a command that reads a byte stream. */
  readonly input?: string | Uint8Array | undefined;
}

type SyncAnswerOf<C> = SendsBytes<C> extends true ? Buffer : EventOf<C> extends undefined ? ResultOf<C> : EventOf<C>[];

/**
 * A blocking method for every command (`fs.hash`, `fs.topBigFiles`, …). It returns the command's result; for a command
 * that sends bytes, all of them in one Buffer; for a command that sends events, the list of them after the command has
 * ended.
 */
export type SyncCommandMethods = {
  [M in ModuleName]: {
    [C in AnyCommand as MethodIn<M, C>]: (...args: Arguments<C, SyncCallOptions>) => SyncAnswerOf<C>;
  };
};

/** A client of a running service whose calls block. */
export interface SyncClient extends SyncCommandMethods {
  /** Path of the service's socket. */
  readonly socket: string;
  /** The service's version, limits and other facts, sent when the connection was made. */
  readonly hello: HelloAnswer;
  /** Calls a command by a name known only at run time. */
  call(name: string, params?: object, options?: SyncCallOptions): unknown;
  /** Closes the connection. */
  close(): void;
  [Symbol.dispose](): void;
}

/** Creates a client over a transport. `timeout`, in milliseconds, is for calls without a timeout of their own. */
export function createSyncClient(transport: SyncTransport, timeout: number): SyncClient {
  const call = (name: string, params: object = {}, options: SyncCallOptions = {}): unknown => {
    const refusal = delayRefusal("timeout", options.timeout);
    if (refusal !== undefined) throw refusal;
    const answer = transport.call({
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
    socket: transport.socket,
    get hello() {
      return transport.hello;
    },
    call,
    close: () => transport.close(),
    [Symbol.dispose]: () => transport.close(),
  };
}
