import { resolve } from "node:path";
import type { Host } from "../../internal/base/context.ts";
import type { CommandLine } from "../../internal/front/command-line.ts";
import { oneShotHost } from "../../internal/host/one-shot-host.ts";
import { Router } from "../../internal/host/router.ts";
import type { CommandRouter } from "../../internal/ipc/calls.ts";
import type { Contract } from "../../protocol/contract/command.ts";
import type { Globals } from "./globals.ts";
import { thisProgram } from "./this-program.ts";

/** Runs commands. `close` ends its threads. */
export interface PlaceRouter extends CommandRouter {
  close(): Promise<void>;
}

/** Where a command line runs: in its own process, or in a service on behalf of a native front. */
export interface Place {
  /** Opens a router for a command. @throws HandOver if the command needs its own process */
  open(contract: Contract, globals: Globals, line: CommandLine): PlaceRouter;
}

/** The command line must run in the caller's own process. Nothing has been done or written yet. */
export class HandOver extends Error {
  override readonly name = "HandOver";
}

export const ownProcess: Place = {
  open(_, { root = ".", confine }, { env }) {
    const host: Host = oneShotHost({ root: resolve(root), confined: confine, env, program: thisProgram });
    const router = new Router(host);
    return { call: (name, params, call) => router.call(name, params, call), close: () => host.tasks.close() };
  },
};
