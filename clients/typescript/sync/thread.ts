import { buffer } from "node:stream/consumers";
import { workerData } from "node:worker_threads";
import { contractsByName } from "../../../protocol/commands/index.ts";
import { XsysError } from "../../../protocol/errors.ts";
import type { Client } from "../client.ts";
import { connect } from "../connect.ts";
import { arrayFromAsync } from "../polyfills.ts";
import type { SyncCall } from "./sync-transport.ts";
import type { ThreadAnswer, ThreadData } from "./thread-transport.ts";

/**
 * The thread of a ThreadTransport: it makes the calls that it receives, and wakes the thread that waits for the answer.
 */
const { port, sent, ...options } = workerData as ThreadData;
const NOTHING = { bytes: new Uint8Array(), events: [] };

try {
  const client = await connect(options);
  port.on("message", async (call: SyncCall) => answer(await outcomeOf(client, call)));
  answer({ hello: client.hello, ...NOTHING });
} catch (error) {
  answer({ error: errorFields(error), ...NOTHING });
}

async function outcomeOf(client: Client, { name, params, input, timeout }: SyncCall): Promise<ThreadAnswer> {
  const contract = contractsByName.get(name);
  const callOptions = { timeout, input };
  try {
    if (contract?.output !== undefined) {
      return { ...NOTHING, bytes: await buffer(client.stream(name, JSON.parse(params), callOptions)) };
    }
    if (contract?.events !== undefined) {
      return { ...NOTHING, events: await arrayFromAsync(client.subscribe(name, JSON.parse(params), callOptions)) };
    }
    return { ...NOTHING, result: await client.call(name, JSON.parse(params), callOptions), hello: client.hello };
  } catch (error) {
    return { ...NOTHING, error: errorFields(error) };
  }
}

/** The parts of an error that are sent to the other thread. */
function errorFields(error: unknown): NonNullable<ThreadAnswer["error"]> {
  const { code, message, details } =
    error instanceof XsysError ? error : new XsysError("INTERNAL", (error as Error).message);
  return { code, message, details };
}

function answer(message: ThreadAnswer): void {
  port.postMessage(message);
  Atomics.add(sent, 0, 1);
  Atomics.notify(sent, 0);
}
