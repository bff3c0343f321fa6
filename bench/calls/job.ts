import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import type { Figures } from "../rounds.ts";

/** A measurement for a client process. */
export type Job = CallsJob | BytesJob;

/**
 * Small calls: the throughput with `inFlight` concurrent calls during `measureMs`; then the latency of `calls` calls.
 */
export interface CallsJob {
  readonly kind: "calls";
  readonly contender: string;
  readonly socket: string;
  readonly warmUpMs: number;
  readonly inFlight: number;
  readonly measureMs: number;
  readonly calls: number;
}

/** Transfers of 64 MiB each way, one after the other, after one to warm up. */
export interface BytesJob {
  readonly kind: "bytes";
  readonly contender: string;
  readonly socket: string;
  readonly transfers: number;
}

const CLIENT = fileURLToPath(new URL("client.ts", import.meta.url));
/** Timeout of a sample in milliseconds. It takes about two seconds. */
const TIME_LIMIT = 60_000;

/** Takes a sample in its own process. */
export async function runJob(job: Job): Promise<Figures> {
  const client = spawn(process.execPath, [CLIENT, JSON.stringify(job)], {
    stdio: ["ignore", "pipe", "inherit"],
    timeout: TIME_LIMIT,
  });
  const [output, [status, signal]] = await Promise.all([text(client.stdout), once(client, "close")]);
  if (status === 0) return JSON.parse(output);
  throw new Error(`the sample of ${job.contender} ended with ${signal ?? `exit status ${status}`}`);
}
