import type { ErrorCode } from "../errors.ts";
import {
  type Fields,
  type Given,
  type JsonSchema,
  object,
  type Schema,
  type Static,
  type Taken,
  tolerant,
} from "./schema.ts";

declare const TYPES: unique symbol;

/** A command's types, for inference alone. */
interface Types<G, T, R, O, E> {
  readonly given: G;
  readonly taken: T;
  readonly result: R;
  readonly output: O;
  readonly event: E;
}

export interface Example<G = object> {
  readonly title: string;
  readonly params: G;
  /** Text for a command that reads a byte stream. */
  readonly input?: string;
}

/** What is the same for every command, whatever its types. */
interface Description<G> {
  /** One sentence, ended by a full stop. */
  readonly summary: string;
  /** What a user needs beyond the summary, in Markdown. */
  readonly description?: string;
  /** Parameters given by place on the command line, in order. A last one that ends in "..." takes all words left. */
  readonly positionals?: readonly string[];
  /**
   * The command reads bytes: standard input on the command line, the call's byte stream on the socket.
   * With `param`, the same contents may be given as that parameter instead.
   */
  readonly input?: { readonly description: string; readonly param?: string };
  /** The command sends bytes before its result: standard output, or the call's byte stream. */
  readonly output?: { readonly description: string };
  /** The command tells of work that may be long as it goes on, to those who ask. */
  readonly progress?: boolean;
  /** Columns of the table that people read, when the rows have more fields than fit. */
  readonly columns?: readonly string[];
  /** Codes to expect beyond those any command may end with: INVALID_PARAMS, DENIED, IO_ERROR, CANCELLED, INTERNAL. */
  readonly errors?: readonly ErrorCode[];
  readonly examples: readonly Example<G>[];
  /** False when a call changes nothing, so that repeating it does no harm. */
  readonly changes: boolean;
  /** The command reaches beyond any root by its nature, so that under `--confine` it is DENIED. */
  readonly unconfined?: boolean;
  /** The command is about a running service: the CLI connects without being told to. */
  readonly needsService?: boolean;
  /**
   * The command is about what a service holds for an application: with `XYPRISS_IPC_PATH` set, the CLI asks the service
   * there. A parameter `shared` makes what it opens nobody's, so that it outlives the CLI's connection.
   */
  readonly heldByService?: boolean;
  /** The version that brought the command. */
  readonly since: string;
}

/** Everything there is to know about a command, declared once. */
// biome-ignore lint/suspicious/noExplicitAny: a contract of any types is what the router, the CLI and the pages take.
export interface Contract<Name extends string = string, G = any, T = any, R = any, O = any, E = any>
  extends Description<G> {
  readonly name: Name;
  readonly module: string;
  readonly action: string;
  /** One JSON Schema of an object; it admits other properties only for a tolerant command. */
  readonly params: JsonSchema;
  readonly result: JsonSchema;
  /** What the command streams, one by one, before its result. */
  readonly events?: JsonSchema;
  readonly plain?: string;
  readonly [TYPES]?: Types<G, T, R, O, E>;
}

type ParamName<P extends Fields> = keyof P & string;

/** What a command that sends bytes says of them. */
type OutputSpec = NonNullable<Description<object>["output"]>;

interface Spec<P extends Fields, R extends Schema, O extends OutputSpec | undefined, E extends Schema | undefined>
  extends Description<Given<P>> {
  readonly params: P;
  readonly positionals?: readonly (ParamName<P> | `${ParamName<P>}...`)[];
  readonly input?: { readonly description: string; readonly param?: ParamName<P> };
  readonly output?: O & OutputSpec;
  readonly result: R;
  /** What the command streams, one by one, before its result: its events. */
  readonly events?: E & Schema;
  /** Parameters that are not declared are taken and ignored: the caller's format has more than the command needs. */
  readonly tolerant?: boolean;
  /** The field of the result that the command line answers with, alone. */
  readonly plain?: FieldName<Static<R>>;
}

type FieldName<T> = T extends object ? keyof T & string : never;

/** Declares a command. The name is `module.action`, both in kebab-case, written out so that a search finds it. */
export function command<
  const Name extends `${string}.${string}`,
  P extends Fields,
  R extends Schema,
  O extends OutputSpec | undefined = undefined,
  E extends Schema | undefined = undefined,
>(
  name: Name,
  { params, tolerant: isTolerant = false, ...spec }: Spec<P, R, O, E>,
): Contract<Name, Given<P>, Taken<P>, Static<R>, O, E extends Schema ? Static<E> : undefined> {
  const [module = "", action = ""] = name.split(".");
  const schema = object(params);
  return { name, module, action, params: isTolerant ? tolerant(schema) : schema, ...spec };
}

type TypesOf<C> = C extends { readonly [TYPES]?: infer X } ? NonNullable<X> : never;

/** What a caller passes to a command. */
export type ParamsGiven<C> = TypesOf<C> extends Types<infer G, unknown, unknown, unknown, unknown> ? G : never;
/** What the handler of a command receives: defaults are filled in. */
export type ParamsTaken<C> = TypesOf<C> extends Types<unknown, infer T, unknown, unknown, unknown> ? T : never;
/** What a command answers with. */
export type ResultOf<C> = TypesOf<C> extends Types<unknown, unknown, infer R, unknown, unknown> ? R : never;
/** Whether a command sends a byte stream. */
export type SendsBytes<C> = TypesOf<C> extends Types<unknown, unknown, unknown, OutputSpec, unknown> ? true : false;
/** What a command streams, one by one; undefined when it streams nothing. */
export type EventOf<C> = TypesOf<C> extends Types<unknown, unknown, unknown, unknown, infer E> ? E : never;
