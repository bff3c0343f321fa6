import { afterAll, afterEach, describe } from "vitest";
import type { CommandName, CommandOf, Params, Result } from "../../protocol/commands/index.ts";
import type { EventOf } from "../../protocol/contract/command.ts";
import { XsysError } from "../../protocol/errors.ts";
import { hasFront } from "../../scripts/build/front.ts";
import { BUILT } from "../support/program.ts";
import { type Sandbox, useSandbox } from "../support/sandbox.ts";
import { type CallOptions, inProcess, OverSocket, ThroughFront, throughCommandLine, type Way } from "./ways.ts";

export interface Tools {
  /** A new directory for each test: the root that commands run in. */
  readonly sandbox: Sandbox;
  /** Calls a command and returns its result, checked against the contract. */
  call<N extends CommandName>(name: N, params: Params<N>, options?: CallOptions): Promise<Result<N>>;
  /** Calls a command that streams bytes, and returns them. */
  output<N extends CommandName>(name: N, params: Params<N>, options?: CallOptions): Promise<Buffer>;
  /** Calls a command that streams events, and returns them, checked against the contract. */
  events<N extends CommandName>(name: N, params: Params<N>, options?: CallOptions): Promise<EventOf<CommandOf<N>>[]>;
  /** Calls a command that must fail, with params of any shape, and returns its error. */
  failure(name: CommandName, params: object, options?: CallOptions): Promise<XsysError>;
}

const overSocket = { "over the socket": () => new OverSocket() };
const throughLine = { "through the command line": () => throughCommandLine };
/** It calls over the socket of a built service, which serves all tests of a file; OverSocket starts one for each test. */
const throughFront = { "through the native front": () => new ThroughFront() };

const WAYS: Readonly<Record<string, () => Way>> =
  BUILT === undefined
    ? { "in process": () => inProcess, ...overSocket, ...throughLine }
    : { ...throughLine, ...(hasFront() ? throughFront : overSocket) };

/**
 * Runs the same tests with the handler in this process, over a socket, and through the command line. If the built
 * executable is tested: through the command line, in a process for each call, and through the native front.
 */
export function threeWays(subject: string, define: (tools: Tools) => void): void {
  for (const [title, open] of Object.entries(WAYS)) {
    describe(`${subject} ${title}`, () => {
      const way = open();
      const sandbox = useSandbox();
      (way.isShared ? afterAll : afterEach)(() => way.close());
      const callWay = (name: CommandName, params: unknown, options: CallOptions = {}) =>
        way.call(sandbox.root, name, params as object, options);
      define({
        sandbox,
        call: async (name, params, options) => (await callWay(name, params, options)).result as never,
        output: async (name, params, options) => Buffer.from((await callWay(name, params, options)).output),
        events: async (name, params, options) => (await callWay(name, params, options)).events as never,
        failure: async (name, params, options) => {
          const outcome = await callWay(name, params, options).catch((error: unknown) => error);
          if (outcome instanceof XsysError) return outcome;
          const told = outcome instanceof Error ? outcome.message : JSON.stringify(outcome);
          throw new Error(`${name} should have failed with an XsysError and gave ${told}`, { cause: outcome });
        },
      });
    });
  }
}
