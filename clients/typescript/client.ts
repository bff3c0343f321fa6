import { type AnyCommand, contractsByName } from "../../protocol/commands/index.ts";
import type { Contract, EventOf, ParamsGiven, ResultOf, SendsBytes } from "../../protocol/contract/command.ts";
import { XsysError } from "../../protocol/errors.ts";
import type { HelloAnswer } from "../../protocol/wire/message.ts";
import { ByteStream } from "./byte-stream.ts";
import { commandMethods, type MethodIn, type ModuleName } from "./command-methods.ts";
import { EventStream } from "./event-stream.ts";
import type { CallOptions, OutgoingCall } from "./outgoing-call.ts";

type Answer<C> =
  SendsBytes<C> extends true
    ? ByteStream<ResultOf<C>, EventOf<C>>
    : EventOf<C> extends undefined
      ? Promise<ResultOf<C>>
      : EventStream<EventOf<C>, ResultOf<C>>;
/** What a command's method takes: parameters may be left out when none is needed. */
export type Arguments<C, O = CallOptions> =
  Partial<ParamsGiven<C>> extends ParamsGiven<C>
    ? [params?: ParamsGiven<C>, options?: O]
    : [params: ParamsGiven<C>, options?: O];

/** `fs.hash`, `fs.topBigFiles`, …: a method for every command, its types taken from the contract. */
export type CommandMethods = {
  [M in ModuleName]: {
    [C in AnyCommand as MethodIn<M, C>]: (...args: Arguments<C>) => Answer<C>;
  };
};

/** A client of a running service. Calls run side by side on one connection. */
export interface Client extends CommandMethods {
  /** The socket it talks over. */
  readonly socket: string;
  /** What the service told of itself when the connection was made. */
  readonly hello: HelloAnswer;
  /** Calls a command by name, for names known at run time only: one that answers once. */
  call(name: string, params?: object, options?: CallOptions): Promise<unknown>;
  /** Calls a command that sends bytes, by name. */
  stream(name: string, params?: object, options?: CallOptions): ByteStream<unknown, unknown>;
  /** Calls a command that sends events, by name. */
  subscribe(name: string, params?: object, options?: CallOptions): EventStream<unknown, unknown>;
  /** Ends the connection; calls in flight fail as UNAVAILABLE. */
  close(): void;
  [Symbol.dispose](): void;
}

/** What carries calls: a connection that is made anew when it was lost. */
export interface Carrier {
  readonly socket: string;
  readonly hello: HelloAnswer;
  send(call: OutgoingCall): void;
  close(): void;
}

export function createClient(carrier: Carrier): Client {
  const ask = (name: string, params: object = {}, options: CallOptions = {}): Promise<unknown> =>
    new Promise((resolve, reject) => {
      carrier.send({ name, params, options, waiting: { resolve, reject } });
    });
  const call: Client["call"] = (name, params, options) => {
    const method = methodOf(contractsByName.get(name));
    if (method === "call") return ask(name, params, options);
    return Promise.reject(new XsysError("INVALID_PARAMS", `${name} is called with ${method}(), not with call()`));
  };
  const stream = (name: string, params: object = {}, options: CallOptions = {}): ByteStream<unknown, unknown> => {
    const bytes = new ByteStream<unknown, unknown>(contractsByName.get(name)?.events !== undefined);
    const signal = bytes.abortedWith(options.signal);
    carrier.send({ name, params, options: { ...options, signal }, waiting: bytes });
    return bytes;
  };
  const subscribe = (name: string, params: object = {}, options: CallOptions = {}): EventStream<unknown, unknown> => {
    const events = new EventStream<unknown, unknown>();
    const signal = events.abortedWith(options.signal);
    carrier.send({ name, params, options: { ...options, signal }, waiting: events });
    return events;
  };
  return {
    ...(methods({ call: ask, stream, subscribe }) as CommandMethods),
    socket: carrier.socket,
    get hello() {
      return carrier.hello;
    },
    call,
    stream,
    subscribe,
    close: () => carrier.close(),
    [Symbol.dispose]: () => carrier.close(),
  };
}

type Calling = Pick<Client, "call" | "stream" | "subscribe">;

function methods(calling: Calling): Record<string, Record<string, unknown>> {
  return commandMethods((contract) => {
    const method = calling[methodOf(contract)];
    return (params?: object, options?: CallOptions) => method(contract.name, params, options);
  });
}

/** How a command is called follows from what it sends. */
function methodOf(contract: Contract | undefined): keyof Calling {
  if (contract?.output !== undefined) return "stream";
  return contract?.events === undefined ? "call" : "subscribe";
}
