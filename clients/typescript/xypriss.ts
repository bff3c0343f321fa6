import { resolve } from "node:path";
import type { Readable } from "node:stream";
import type { Client } from "./client.ts";
import { type ConnectOptions, connect } from "./connect.ts";
import { connectSync } from "./connect-sync.ts";
import { listOf } from "./newer-node.ts";
import type { SyncClient } from "./sync/sync-client.ts";
import { ReadingStream } from "./xypriss/reading-stream.ts";
import { type Request, type RunOptions, requestOf } from "./xypriss/request.ts";
import { bytesAsPrinted, resultAsPrinted } from "./xypriss/result.ts";
import { WritingStream } from "./xypriss/writing-stream.ts";
import { XyPrissError } from "./xypriss/xypriss-error.ts";

export type { RunOptions, WritingStream };
export { XyPrissError };

export interface RunnerOptions {
  /** Folder that relative paths are taken from; the current one by default. */
  readonly root?: string | undefined;
  /** The service's socket. Without it: `$XSYS_SOCKET`, or the user's default one. */
  readonly socket?: string | undefined;
  /** Starts a service when none runs, as `connect()` does. */
  readonly autostart?: ConnectOptions["autostart"];
}

type Run<Answer> = (module: string, action: string, args?: readonly unknown[], options?: RunOptions) => Answer;

/**
 * What XyPriss's API classes ask of their runner, with no process for a call. Answers and errors are those that the
 * runner over the command line gives; failures are XyPrissErrors.
 */
export interface Runner {
  /**
   * Blocks until the command is answered, and returns its result. With `interactive` it returns nothing and throws
   * nothing; the command's events are on standard output, a line of JSON each.
   */
  readonly runSync: Run<unknown>;
  readonly runAsync: Run<Promise<unknown>>;
  /** The bytes that the command sends. */
  readonly runStream: Run<Readable>;
  /** A stream whose bytes the command reads. */
  readonly runWritableStream: Run<WritingStream>;
  /** Ends the connections. */
  close(): void;
  [Symbol.dispose](): void;
}

/** A runner for a service. It connects when it is first used, and anew when the connection was lost. */
export function createRunner({ root = ".", ...connection }: RunnerOptions = {}): Runner {
  const absoluteRoot = resolve(root);
  let sync: SyncClient | undefined;
  let connecting: Promise<Client> | undefined;

  const connected = (): Promise<Client> => {
    connecting ??= connect(connection);
    connecting.catch(() => {
      connecting = undefined;
    });
    return connecting;
  };
  const close = () => {
    sync?.close();
    void connecting?.then((client) => client.close()).catch(() => {});
    sync = undefined;
    connecting = undefined;
  };
  return {
    runSync: (module, action, args = [], options = {}) => {
      try {
        const request = requestOf(module, action, args, options, absoluteRoot);
        sync ??= connectSync(connection);
        const result = syncResult(sync, request);
        return options.interactive === true ? show(result) : result;
      } catch (error) {
        if (options.interactive === true) return undefined;
        throw new XyPrissError(module, action, error);
      }
    },
    runAsync: async (module, action, args = [], options = {}) => {
      try {
        const request = requestOf(module, action, args, options, absoluteRoot);
        return await asyncResult(await connected(), request);
      } catch (error) {
        throw new XyPrissError(module, action, error);
      }
    },
    runStream: (module, action, args = [], options = {}) =>
      new ReadingStream(
        async (signal) => {
          const { contract, params, input } = requestOf(module, action, args, options, absoluteRoot);
          return (await connected()).stream(contract.name, params, { input, signal });
        },
        (error) => new XyPrissError(module, action, error),
      ),
    runWritableStream: (module, action, args = [], options = {}) =>
      new WritingStream(
        async (input, signal) => {
          const { contract, params } = requestOf(module, action, args, options, absoluteRoot);
          return (await connected()).call(contract.name, params, { input, signal });
        },
        (error) => new XyPrissError(module, action, error),
      ),
    close,
    [Symbol.dispose]: close,
  };
}

function show(events: unknown): undefined {
  if (Array.isArray(events)) for (const event of events) console.log(JSON.stringify(event));
}

function syncResult(client: SyncClient, { contract, params, input }: Request): unknown {
  const answer = client.call(contract.name, params, { input });
  if (contract.output !== undefined) return bytesAsPrinted(answer as Buffer);
  return contract.events === undefined ? resultAsPrinted(contract, answer) : answer;
}

async function asyncResult(client: Client, { contract, params, input }: Request): Promise<unknown> {
  const { name } = contract;
  if (contract.output !== undefined) {
    return bytesAsPrinted(Buffer.concat(await client.stream(name, params, { input }).toArray()));
  }
  if (contract.events !== undefined) return listOf(client.subscribe(name, params, { input }));
  return resultAsPrinted(contract, await client.call(name, params, { input }));
}
