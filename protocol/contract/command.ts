import type { COMMON_ERRORS, ErrorCode } from "../errors.ts";
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

/** The types of a command, used only for inference. */
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

/** The part of a contract that does not depend on the command's result types. */
interface Description<G> {
  /** One sentence that ends with a full stop. */
  readonly summary: string;
  /** What a user needs to know beyond the summary, in Markdown. */
  readonly description?: string;
  /** Positional parameters on the command line, in order. A last one that ends in "..." takes all remaining words. */
  readonly positionals?: readonly string[];
  /**
   * The command reads bytes: standard input on the command line, the call's byte stream on the socket.
   * With `param`, the contents can be passed as that parameter instead.
   */
  readonly input?: { readonly description: string; readonly param?: string };
  /** The command sends bytes before its result: to standard output, or to the call's byte stream. */
  readonly output?: { readonly description: string };
  /** The command may take long and reports its progress to callers that request it. */
  readonly progress?: boolean;
  /** Columns of the printed table, if the rows have more fields than fit. */
  readonly columns?: readonly string[];
  /** Error codes in addition to `COMMON_ERRORS`. */
  readonly errors?: readonly Exclude<ErrorCode, (typeof COMMON_ERRORS)[number]>[];
  readonly examples: readonly Example<G>[];
  /** False if a call changes nothing, so that it can safely be repeated. */
  readonly changes: boolean;
  /** The command cannot be confined to a root, so with `--confine` it fails with DENIED. */
  readonly unconfined?: boolean;
  /** The command needs a running service: the CLI connects to it even without `--connect`. */
  readonly needsService?: boolean;
  /**
   * Only SDK clients can use the command, because it acts on something that the same connection has opened. Help and
   * pages show its examples in TypeScript only.
   */
  readonly sdkOnly?: boolean;
  /**
   * The command uses resources that a service holds for an application: if `XYPRISS_IPC_PATH` is set, the CLI calls the
   * service on that socket. With the parameter `shared`, what it opens outlives the CLI's connection.
   */
  readonly heldByService?: boolean;
  /**
   * On the command line, a word that begins with two dashes and is not an option is an error, unless it follows `--`. By
   * default it is data.
   */
  readonly strictOptions?: boolean;
  /** The version that introduced the command. */
  readonly since: string;
}

/** The complete declaration of a command. */
// biome-ignore lint/suspicious/noExplicitAny: the router, the CLI and the pages accept contracts of any types.
export interface Contract<Name extends string = string, G = any, T = any, R = any, O = any, E = any>
  extends Description<G> {
  readonly name: Name;
  readonly module: string;
  readonly action: string;
  /** JSON Schema of an object; it allows other properties only for a tolerant command. */
  readonly params: JsonSchema;
  readonly result: JsonSchema;
  /** JSON Schema of the events that the command streams before its result. */
  readonly events?: JsonSchema;
  readonly plain?: string;
  readonly [TYPES]?: Types<G, T, R, O, E>;
}

type ParamName<P extends Fields> = keyof P & string;

/** Description of the bytes that a command sends. */
type OutputSpec = NonNullable<Description<object>["output"]>;

interface Spec<P extends Fields, R extends Schema, O extends OutputSpec | undefined, E extends Schema | undefined>
  extends Description<Given<P>> {
  readonly params: P;
  readonly positionals?: readonly (ParamName<P> | `${ParamName<P>}...`)[];
  readonly input?: { readonly description: string; readonly param?: ParamName<P> };
  readonly output?: O & OutputSpec;
  readonly result: R;
  /** The events that the command streams before its result. */
  readonly events?: E & Schema;
  /** Undeclared parameters are accepted and ignored, because the caller's format has more than the command needs. */
  readonly tolerant?: boolean;
  /** The only field of the result that the command line prints. */
  readonly plain?: FieldName<Static<R>>;
}

type FieldName<T> = T extends object ? keyof T & string : never;

/**
 * Declares a command. The name is `module.action`, both in kebab-case, written as one literal so that it can be
 * searched.
 */
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
/** What the handler of a command receives, with defaults filled in. */
export type ParamsTaken<C> = TypesOf<C> extends Types<unknown, infer T, unknown, unknown, unknown> ? T : never;
/** The result of a command. */
export type ResultOf<C> = TypesOf<C> extends Types<unknown, unknown, infer R, unknown, unknown> ? R : never;
/** Whether a command sends a byte stream. */
export type SendsBytes<C> = TypesOf<C> extends Types<unknown, unknown, unknown, OutputSpec, unknown> ? true : false;
/** The events that a command streams; undefined if it streams none. */
export type EventOf<C> = TypesOf<C> extends Types<unknown, unknown, unknown, unknown, infer E> ? E : never;
