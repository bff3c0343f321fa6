import { resolve } from "node:path";
import type { Readable } from "node:stream";
import type { Client } from "./client.ts";
import { type ConnectOptions, connect } from "./connect.ts";
import { connectSync } from "./connect-sync.ts";
import { arrayFromAsync } from "./polyfills.ts";
import type { SyncClient } from "./sync/sync-client.ts";
import { ReadingStream } from "./xypriss/reading-stream.ts";
import { type Request, type RunOptions, requestOf } from "./xypriss/request.ts";
import { bytesAsPrinted, resultAsPrinted } from "./xypriss/result.ts";
import { WritingStream } from "./xypriss/writing-stream.ts";
import { XyPrissError } from "./xypriss/xypriss-error.ts";

export type { RunOptions, WritingStream };
export { XyPrissError };

export interface RunnerOptions {
  /** Folder against which relative paths are resolved. Default: the current folder. */
  readonly root?: string | undefined;
  /** Path of the service's socket. Default: `$XSYS_SOCKET`, or else the user's default socket. */
  readonly socket?: string | undefined;
  /** Starts a service when none is running, as in `connect()`. */
  readonly autostart?: ConnectOptions["autostart"];
}

type Run<Answer> = (module: string, action: string, args?: readonly unknown[], options?: RunOptions) => Answer;

/**
 * The runner that XyPriss's API classes need, without starting a process for each call. Results and errors are the same
 * as those of the runner over the command line; failures are XyPrissErrors.
 */
export interface Runner {
  /**
   * Blocks until the command has ended, and returns its result. With `interactive` it returns undefined, ignores
   * errors, and prints the command's events on standard output, one line of JSON each.
   */
  readonly runSync: Run<unknown>;
  /** Resolves with the command's result. */
  readonly runAsync: Run<Promise<unknown>>;
  /** Returns a stream of the bytes that the command sends. */
  readonly runStream: Run<Readable>;
  /** Returns a stream for the bytes that the command reads. */
  readonly runWritableStream: Run<WritingStream>;
  /** Closes the connections. */
  close(): void;
  [Symbol.dispose](): void;
}

/** Creates a runner for a service. It connects on first use, and reconnects after the connection was lost. */
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
  if (contract.events !== undefined) return arrayFromAsync(client.subscribe(name, params, { input }));
  return resultAsPrinted(contract, await client.call(name, params, { input }));
}
