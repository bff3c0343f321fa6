import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Comparison } from "../comparison.ts";
import { interleave, type Measure, type Results } from "../rounds.ts";
import { isAbsent } from "./contenders.ts";
import { type Job, runJob } from "./job.ts";

/** Size of the measurement. */
export interface Amounts {
  readonly rounds: number;
  readonly warmUpMs: number;
  readonly measureMs: number;
  readonly calls: number;
  readonly transfers: number;
}

/**
 * These take two minutes. After 350 ms of warm-up, V8's compiler and collector threads still took as much processor time
 * per call as the main threads, of every contender in its own way; after 2 s, less than a tenth of it.
 */
const AMOUNTS: Amounts = { rounds: 5, warmUpMs: 1_500, measureMs: 400, calls: 3_000, transfers: 3 };
const IN_FLIGHT = 64;

const CALLERS = ["xsys", "raw echo", "child_process", "node-ipc", "vscode-jsonrpc", "gRPC over UDS"];
const STREAMS = ["xsys", "raw stream", "base64 in JSON"];

/** Measures calls over a connection: small calls one at a time and concurrently, and large transfers. */
export default async function calls(
  progress: (text: string) => void,
  amounts: Amounts = AMOUNTS,
): Promise<Comparison[]> {
  const absent = CALLERS.filter(isAbsent);
  const present = CALLERS.filter((name) => !absent.includes(name));
  const { rounds, warmUpMs, measureMs, transfers } = amounts;
  progress(`small calls, ${rounds} rounds of ${present.join(", ")}`);
  const small = await measure(present, { rounds, progress }, (contender, socket) => {
    return { kind: "calls", contender, socket, warmUpMs, inFlight: IN_FLIGHT, measureMs, calls: amounts.calls };
  });
  progress(`64 MiB each way, ${rounds} rounds of ${STREAMS.join(", ")}`);
  const large = await measure(STREAMS, { rounds, progress }, (name, socket) => {
    return { kind: "bytes", contender: name === "xsys" ? "xsys stream" : name, socket, transfers };
  });
  return [oneInFlight(small, absent), manyInFlight(small, absent), bytesEachWay(large)];
}

/** Each sample has its own folder for its socket. */
function measure(
  names: readonly string[],
  { rounds, progress }: { readonly rounds: number; readonly progress: (text: string) => void },
  job: (contender: string, socket: string) => Job,
) {
  const sample = (name: string) => async () => {
    const folder = await mkdtemp(join(tmpdir(), "xsys-bench-"));
    try {
      return await runJob(job(name, join(folder, "s")));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
  return interleave(new Map<string, Measure>(names.map((name) => [name, sample(name)])), rounds, { progress });
}

function oneInFlight(results: Results, absent: readonly string[]): Comparison {
  return {
    title: "1 call in flight: path.join, frames of 120 bytes on average, one connection over a Unix socket",
    figures: [
      { name: "p50", unit: "µs" },
      { name: "p99", unit: "µs" },
    ],
    reference: { contender: "raw echo", figure: "p50" },
    goals: [{ figure: "p50", contender: "raw echo", atMost: 1.4 }],
    results,
    absent,
  };
}

function manyInFlight(results: Results, absent: readonly string[]): Comparison {
  return {
    title: `${IN_FLIGHT} calls in flight: the same calls`,
    figures: [{ name: "calls/s" }],
    reference: { contender: "vscode-jsonrpc", figure: "calls/s" },
    goals: [
      { figure: "calls/s", contender: "vscode-jsonrpc", atLeast: 8 },
      { figure: "calls/s", contender: "child_process", atLeast: 2 },
    ],
    results,
    absent,
  };
}

function bytesEachWay(results: Results): Comparison {
  return {
    title: "64 MiB each way: service.echo; RSS is its maximum growth",
    figures: [{ name: "MiB/s" }, { name: "client RSS", unit: "MiB" }, { name: "server RSS", unit: "MiB" }],
    reference: { contender: "raw stream", figure: "MiB/s" },
    goals: [
      { figure: "MiB/s", contender: "raw stream", atLeast: 0.8 },
      // Flow control limits the bytes in flight. The goal is relative to a plain socket, which includes Node's own
      // garbage.
      { figure: "client RSS", contender: "raw stream", atMost: 1 },
      { figure: "server RSS", contender: "raw stream", atMost: 1 },
    ],
    results,
    absent: [],
  };
}
