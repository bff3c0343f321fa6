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
/** The arguments of a command's method. The parameters may be left out when none is required. */
export type Arguments<C, O = CallOptions> =
  Partial<ParamsGiven<C>> extends ParamsGiven<C>
    ? [params?: ParamsGiven<C>, options?: O]
    : [params: ParamsGiven<C>, options?: O];

/** A method for every command (`fs.hash`, `fs.topBigFiles`, …), with the types of its contract. */
export type CommandMethods = {
  [M in ModuleName]: {
    [C in AnyCommand as MethodIn<M, C>]: (...args: Arguments<C>) => Answer<C>;
  };
};

/** A client of a running service. Its calls run concurrently on one connection. */
export interface Client extends CommandMethods {
  /** Path of the service's socket. */
  readonly socket: string;
  /** The service's version, limits and other facts, sent when the connection was made. */
  readonly hello: HelloAnswer;
  /** Calls a command that answers once, by a name known only at run time. */
  call(name: string, params?: object, options?: CallOptions): Promise<unknown>;
  /** Calls a command that sends bytes, by name. Use it for names known only at run time. */
  stream(name: string, params?: object, options?: CallOptions): ByteStream<unknown, unknown>;
  /** Calls a command that sends events, by name. Use it for names known only at run time. */
  subscribe(name: string, params?: object, options?: CallOptions): EventStream<unknown, unknown>;
  /** Closes the connection. Calls in flight fail with UNAVAILABLE. */
  close(): void;
  [Symbol.dispose](): void;
}

/** Sends calls to the service, over a connection that is reopened after it was lost. */
export interface Transport {
  readonly socket: string;
  readonly hello: HelloAnswer;
  send(call: OutgoingCall): void;
  close(): void;
}

export function createClient(transport: Transport): Client {
  const ask = (name: string, params: object = {}, options: CallOptions = {}): Promise<unknown> =>
    new Promise((resolve, reject) => {
      transport.send({ name, params, options, receiver: { resolve, reject } });
    });
  const call: Client["call"] = (name, params, options) => {
    const method = methodOf(contractsByName.get(name));
    if (method === "call") return ask(name, params, options);
    return Promise.reject(new XsysError("INVALID_PARAMS", `call ${name} with ${method}(), not with call()`));
  };
  const stream = (name: string, params: object = {}, options: CallOptions = {}): ByteStream<unknown, unknown> => {
    const bytes = new ByteStream<unknown, unknown>(contractsByName.get(name)?.events !== undefined);
    const signal = bytes.abortedWith(options.signal);
    transport.send({ name, params, options: { ...options, signal }, receiver: bytes });
    return bytes;
  };
  const subscribe = (name: string, params: object = {}, options: CallOptions = {}): EventStream<unknown, unknown> => {
    const events = new EventStream<unknown, unknown>();
    const signal = events.abortedWith(options.signal);
    transport.send({ name, params, options: { ...options, signal }, receiver: events });
    return events;
  };
  return {
    ...(methods({ call: ask, stream, subscribe }) as CommandMethods),
    socket: transport.socket,
    get hello() {
      return transport.hello;
    },
    call,
    stream,
    subscribe,
    close: () => transport.close(),
    [Symbol.dispose]: () => transport.close(),
  };
}

type Calling = Pick<Client, "call" | "stream" | "subscribe">;

function methods(calling: Calling): Record<string, Record<string, unknown>> {
  return commandMethods((contract) => {
    const method = calling[methodOf(contract)];
    return (params?: object, options?: CallOptions) => method(contract.name, params, options);
  });
}

/** Which of the three methods calls a command: it depends on what the command sends. */
function methodOf(contract: Contract | undefined): keyof Calling {
  if (contract?.output !== undefined) return "stream";
  return contract?.events === undefined ? "call" : "subscribe";
}
