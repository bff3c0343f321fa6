/**
 * Takes one sample of a contender: `node client.ts JOB`. It starts the server, connects, measures, ends the server, and
 * prints the figures as JSON. Client and server are new processes for each sample, so that a contender does not inherit
 * the heap and the optimized code of another one.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { followMemory } from "../memory.ts";
import type { Figures } from "../rounds.ts";
import { TRANSFER_BYTES } from "./bytes.ts";
import { loadContender } from "./contenders.ts";
import type { BytesJob, CallsJob, Job } from "./job.ts";
import { type Call, latency, pace, throughput } from "./measure.ts";

const SERVER = fileURLToPath(new URL("server.ts", import.meta.url));
const MIB = 1024 * 1024;

const job: Job = JSON.parse(process.argv[2] ?? "");
const { program, connect } = await loadContender(job.contender);
const server = await startServer(program?.(job.socket) ?? [SERVER, job.contender, job.socket]);
const { call } = await connect(job.socket, server);
const figures = job.kind === "calls" ? await measureCalls(call, job) : await measureBytes(call, job);
process.stdout.write(JSON.stringify(figures), () => process.exit());

async function startServer(words: readonly string[]): Promise<ChildProcess> {
  const child = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "inherit", "ipc"] });
  process.on("exit", () => child.kill("SIGKILL"));
  process.on("SIGTERM", () => process.exit(1)); // the bench's timeout
  child.on("exit", (status) => {
    throw new Error(`the server ended with exit status ${status}`);
  });
  await once(child.stdout as NonNullable<typeof child.stdout>, "data");
  return child;
}

async function measureCalls(call: Call, { warmUpMs, inFlight, measureMs, calls }: CallsJob): Promise<Figures> {
  await throughput(call, inFlight, warmUpMs);
  return { "calls/s": await throughput(call, inFlight, measureMs), ...(await latency(call, calls)) };
}

/** Memory is measured from before the first transfer, so that its allocations are included. */
async function measureBytes(call: Call, { transfers }: BytesJob): Promise<Figures> {
  const [clientGrowth, serverGrowth] = [followMemory(process.pid), followMemory(server.pid as number)];
  await call();
  const transfersPerSecond = await pace(call, transfers);
  return {
    "MiB/s": (transfersPerSecond * TRANSFER_BYTES) / MIB,
    ...inMiB("client RSS", clientGrowth()),
    ...inMiB("server RSS", serverGrowth()),
  };
}

function inMiB(name: string, bytes: number | undefined): Figures {
  return bytes === undefined ? {} : { [name]: bytes / MIB };
}
