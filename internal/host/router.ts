import type { CommandName } from "../../protocol/commands/index.ts";
import type { Contract } from "../../protocol/contract/command.ts";
import type { JsonSchema, PathKind } from "../../protocol/contract/schema.ts";
import { XsysError } from "../../protocol/errors.ts";
import { clipped, didYouMean } from "../../protocol/suggest.ts";
import type { Call, Context, Host } from "../base/context.ts";
import { fromErrno, isErrno } from "../base/errno.ts";
import type { Handler } from "../base/handler.ts";
import { RawJson } from "../base/raw-json.ts";
import { refuseUnconfined } from "../base/root.ts";
import { compile, type Validate } from "../base/validate.ts";
import { handlers } from "./handlers.ts";

/** A command that was loaded by its first call. */
interface Route {
  readonly contract: Contract;
  readonly validate: Validate;
  readonly run: Handler["run"];
  readonly paths: readonly (readonly [name: string, kind: PathKind])[];
}

/** Finds a command, checks its parameters, runs its handler, and converts errors. */
export class Router {
  readonly #routes = new Map<string, Route>();
  readonly #host: Host;

  constructor(host: Host) {
    this.#host = host;
  }

  /**
   * Runs a command. Returns a plain value if the handler does, otherwise a promise; a RawJson only if the call accepts
   * it. Any error that is thrown or rejected is an XsysError.
   */
  call(name: string, params: unknown, call: Call): unknown {
    const route = this.#routes.get(name);
    if (route === undefined) return this.#callFirst(name, params, call);
    try {
      const answer = this.#run(route, params, call);
      return answer instanceof Promise
        ? answer.then(
            (value) => forCaller(value, call),
            (error) => this.#fail(error, route.contract, params, call),
          )
        : answer;
    } catch (error) {
      return this.#fail(error, route.contract, params, call);
    }
  }

  async #callFirst(name: string, params: unknown, call: Call): Promise<unknown> {
    if (!Object.hasOwn(handlers, name)) throw unknownCommand(name);
    try {
      const { default: handler } = (await handlers[name as CommandName]()) as { default: Handler };
      const { contract, run } = handler;
      this.#routes.set(name, { contract, validate: compile(contract), run, paths: pathParams(contract) });
    } catch (error) {
      return this.#fail(error, { name, params: {} }, params, call);
    }
    return this.call(name, params, call);
  }

  #run({ contract, validate, run, paths }: Route, given: unknown, call: Call): unknown {
    if (typeof given !== "object" || given === null || Array.isArray(given)) {
      throw new XsysError("INVALID_PARAMS", `${contract.name}: params must be an object`);
    }
    const params: Record<string, unknown> = { ...given };
    validate(params);
    if (this.#host.confined && contract.unconfined) refuseUnconfined(contract, this.#host.root);
    const context = new CallContext(this.#host, call, paths.length > 0 ? { ...params } : params);
    const resolved = this.#resolvePaths(params, paths);
    return resolved === undefined ? run(params, context) : resolved.then(() => run(params, context));
  }

  /** Replaces path parameters by absolute paths. Returns a promise only if the root is confined. */
  #resolvePaths(params: Record<string, unknown>, paths: Route["paths"]): Promise<unknown> | undefined {
    const waits: Promise<void>[] = [];
    const resolveInto = (holder: Record<string | number, unknown>, key: string | number, kind: PathKind) => {
      const answer = this.#host.resolvePath(holder[key] as string, kind);
      if (typeof answer === "string") holder[key] = answer;
      else waits.push(assignLater(holder, key, answer));
    };
    for (const [name, kind] of paths) {
      const value = params[name];
      if (typeof value === "string") resolveInto(params, name, kind);
      else if (Array.isArray(value)) {
        const list = [...value];
        params[name] = list;
        for (const index of list.keys()) resolveInto(list as unknown as Record<number, unknown>, index, kind);
      }
    }
    return waits.length === 0 ? undefined : Promise.all(waits);
  }

  #fail(
    error: unknown,
    { name, params: schema }: Pick<Contract, "name" | "params">,
    params: unknown,
    call: Call,
  ): never {
    const { signal } = call;
    if (error instanceof XsysError) throw error;
    if (signal.aborted && signal.reason instanceof XsysError) throw signal.reason;
    if (signal.aborted) throw new XsysError("CANCELLED", `${name} was cancelled`, { cause: error });
    if (isErrno(error)) throw fromErrno(error, name, firstPath(schema, params));
    this.#host.logDefect(error, name);
    throw new XsysError("INTERNAL", `${name} failed: unexpected error in xsys, see its log`, { cause: error });
  }
}

class CallContext implements Context {
  readonly host: Host;
  readonly asked: Readonly<Record<string, unknown>>;
  readonly #call: Call;

  constructor(host: Host, call: Call, asked: Readonly<Record<string, unknown>>) {
    this.host = host;
    this.#call = call;
    this.asked = asked;
  }
  get signal() {
    return this.#call.signal;
  }
  get input() {
    return this.#call.input;
  }
  get output() {
    return this.#call.output;
  }
  get events() {
    return this.#call.events;
  }
  get progress() {
    return this.#call.progress;
  }
  get peer() {
    return this.#call.peer;
  }
  get callerPid() {
    return this.#call.callerPid;
  }
}

function forCaller(value: unknown, { takesRawJson = false }: Call): unknown {
  return value instanceof RawJson && !takesRawJson ? JSON.parse(value.toString()) : value;
}

function pathParams({ params }: Contract): Route["paths"] {
  return Object.entries(params.properties ?? {}).flatMap(([name, schema]) => {
    const items = schema.items === undefined || Array.isArray(schema.items) ? undefined : schema.items;
    const kind = schema["x-path"] ?? (items as typeof schema | undefined)?.["x-path"];
    return kind === undefined ? [] : [[name, kind] as const];
  });
}

async function assignLater(holder: Record<string | number, unknown>, key: string | number, value: Promise<string>) {
  holder[key] = await value;
}

/** The first path parameter. Used in errors of calls on an open file, which do not contain the path. */
function firstPath({ properties = {} }: JsonSchema, params: unknown): string | undefined {
  const name = Object.keys(properties).find((key) => properties[key]?.["x-path"] !== undefined);
  const value = name === undefined ? undefined : (params as Record<string, unknown>)[name];
  return typeof value === "string" ? value : undefined;
}

function unknownCommand(asked: string): XsysError {
  const name = clipped(asked);
  const near = didYouMean(name, Object.keys(handlers));
  return new XsysError("UNKNOWN_COMMAND", `there is no command "${name}"${near}`, { details: { command: name } });
}
