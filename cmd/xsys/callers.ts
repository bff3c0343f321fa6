import { resolve } from "node:path";
import type { Call, Events } from "../../internal/base/context.ts";
import type { CommandLine } from "../../internal/front/command-line.ts";
import type { Contract } from "../../protocol/contract/command.ts";
import { hasInputParam, lasting } from "../../protocol/contract/params.ts";
import type { Globals } from "./globals.ts";
import type { Place } from "./place.ts";

/** Runs a command, in the place of the command line or in a service. */
export interface Caller {
  call(contract: Contract, params: Record<string, unknown>, call: Call): Promise<unknown>;
  close(): Promise<void>;
}

/** The caller for a command: in its place, or in the service that the command or the command line requires. */
export async function callerFor(
  contract: Contract,
  globals: Globals,
  line: CommandLine,
  place: Place,
): Promise<Caller> {
  // XyPriss's application passes the service that it is connected to in the environment of its child processes.
  const holder = contract.heldByService === true ? line.env.XYPRISS_IPC_PATH || undefined : undefined;
  const connect = globals.connect ?? holder;
  const connects = connect !== undefined || contract.needsService === true;
  return connects ? callerThroughService({ ...globals, connect }, line) : callerHere(contract, globals, line, place);
}

function callerHere(contract: Contract, globals: Globals, line: CommandLine, place: Place): Caller {
  const router = place.open(contract, globals, line);
  return {
    call: async ({ name }, params, call) => router.call(name, params, call),
    close: () => router.close(),
  };
}

/** Runs commands in a running service. Relative paths are resolved here, not in the service. */
async function callerThroughService(globals: Globals, line: CommandLine): Promise<Caller> {
  const { connect: socket, root = "." } = globals;
  const [{ connect }, { ownPaths }, { trustedSocket }] = await Promise.all([
    import("../../clients/typescript/index.ts"),
    import("./own-paths.ts"),
    import("../../protocol/endpoint.ts"),
  ]);
  const client = await connect({
    socket: typeof socket === "string" ? resolve(line.cwd, socket) : trustedSocket(undefined, line.env),
    wait: 0,
    pid: line.callerPid,
  });
  return {
    call: async (contract, params, { signal, input, output, events, progress }) => {
      const absolute = lasting(contract, await ownPaths(contract, params, globals, resolve(line.cwd, root)));
      const takesInput = contract.input !== undefined && !hasInputParam(contract, params);
      const options = { signal, onProgress: progress, ...(takesInput && { input }) };
      if (contract.output !== undefined) {
        const bytes = client.stream(contract.name, absolute, options);
        if (contract.events !== undefined) void forward(bytes.events, events);
        for await (const chunk of bytes) await output.write(chunk as Buffer);
        return bytes.result;
      }
      if (contract.events === undefined) return client.call(contract.name, absolute, options);
      const stream = client.subscribe(contract.name, absolute, options);
      for await (const event of stream) await events.emit(event);
      return stream.result;
    },
    close: async () => client.close(),
  };
}

/**
 * Forwards the events that accompany a byte stream. Errors are ignored here, because the byte stream reports them, too.
 */
async function forward(stream: AsyncIterable<unknown>, events: Events): Promise<void> {
  try {
    for await (const event of stream) await events.emit(event);
  } catch {}
}
