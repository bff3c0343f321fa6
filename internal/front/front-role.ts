import type { Role, RoleInbox, RolePeer } from "../ipc/role.ts";
import { type CommandLines, FrontCall } from "./front-call.ts";
import { surroundings } from "./surroundings.ts";

/** The role of native fronts (clients/front): the service runs their command lines. */
export class FrontRole implements Role {
  readonly takenBy = "RunCommandLine";
  readonly #lines: CommandLines;
  readonly #build: () => string;
  #own: string | undefined;

  /** `build` returns what identifies the program of this executable. */
  constructor(build: () => string, lines: CommandLines) {
    this.#build = build;
    this.#lines = lines;
  }

  /** Whether this service would run a command line as a process with these surroundings would. */
  accepts(front: unknown): boolean {
    this.#own ??= surroundings(this.#build());
    return this.#own !== undefined && front === this.#own;
  }

  admit(peer: RolePeer, request: unknown): RoleInbox {
    return new FrontCall(peer, request, this.#lines);
  }
}
