import { describe } from "vitest";
import type { CommandName, Params, Result } from "../../protocol/commands/index.ts";
import { XsysError } from "../../protocol/errors.ts";
import { type Sandbox, useSandbox } from "../support/sandbox.ts";
import { callInProcess } from "./ways.ts";

export interface CallOptions {
  /** Bytes for a command that reads a stream. */
  readonly input?: string | Uint8Array;
  readonly confined?: boolean;
}

export interface Answer {
  readonly result: unknown;
  readonly output: Uint8Array;
}

/** One way to call a command; relative paths are taken from `root`. */
export type Way = (root: string, name: CommandName, params: object, options: CallOptions) => Promise<Answer>;

export interface Tools {
  /** A fresh folder for every test: the root that commands run in. */
  readonly sandbox: Sandbox;
  /** Calls a command and gives its result, which was checked against the contract. */
  call<N extends CommandName>(name: N, params: Params<N>, options?: CallOptions): Promise<Result<N>>;
  /** Calls a command that streams and gives what it sent. */
  output<N extends CommandName>(name: N, params: Params<N>, options?: CallOptions): Promise<Buffer>;
  /** Calls a command that must fail, with params of any shape, and gives its error. */
  failure(name: CommandName, params: object, options?: CallOptions): Promise<XsysError>;
}

/** Runs the same tests with the handler in this process, over a socket, and through the command line. */
export function threeWays(subject: string, define: (tools: Tools) => void): void {
  for (const [title, way] of Object.entries(WAYS)) {
    describe(`${subject} ${title}`, () => {
      const sandbox = useSandbox();
      define({
        sandbox,
        call: async (name, params, options = {}) =>
          (await way(sandbox.root, name, params as object, options)).result as never,
        output: async (name, params, options = {}) =>
          Buffer.from((await way(sandbox.root, name, params as object, options)).output),
        failure: async (name, params, options = {}) => {
          const outcome = await way(sandbox.root, name, params, options).catch((error: unknown) => error);
          if (outcome instanceof XsysError) return outcome;
          throw new Error(`${name} should have failed with an XsysError and gave ${JSON.stringify(outcome)}`, {
            cause: outcome,
          });
        },
      });
    });
  }
}

const WAYS: Record<string, Way> = {
  "in process": callInProcess,
};
