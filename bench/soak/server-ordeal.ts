import { createConnection } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { connect } from "../../clients/typescript/index.ts";
import { sendSignal } from "../../internal/processes/send-signal.ts";
import type { Setting } from "./ordeal.ts";
import { ProbedProcess, type Program } from "./probed-process.ts";

const WORKER = fileURLToPath(new URL("worker.ts", import.meta.url));
const BODY = Buffer.alloc(300_000, "x");
/** Milliseconds between two kills. On a busy machine, a worker takes a second to be ready. */
const BETWEEN_KILLS = 3_000;
/** Milliseconds between two rolling restarts. */
const BETWEEN_RESTARTS = 10_000;

/** `xsys server start` with two workers, which are killed and replaced while clients send and abort requests. */
export async function serverOrdeal(folder: string, program: Program): Promise<Setting> {
  const ipc = join(folder, "server");
  const command = `"${globalThis.process.execPath}" "${WORKER}"`;
  const words = ["server", "start", "--host", "127.0.0.1", "--port", "0", "--ipc", ipc, "--log-level", "error"];
  words.push("--cluster", "--cluster-workers", "2", "--worker-command", command, "--perf-compression=true");
  const { process, match } = await ProbedProcess.start(words, /listening on 127\.0\.0\.1:(\d+)/, {
    cwd: folder,
    program,
  });
  const port = Number(match[1]);
  const client = await connect({ socket: ipc });
  return {
    name: "xsys server start",
    process,
    atRest: 100,
    acts: {
      "requests in a row": () => ask(port, "/"),
      "requests of others": () => ask(port, "/other"),
      "bodies there and back": () => send(port),
      "requests that break off": () => breakOff(port),
      kills: async () => {
        await pause(BETWEEN_KILLS);
        const { members } = await client.cluster.status();
        const [pid] = members.flatMap((member) => member.pid ?? []);
        if (pid !== undefined) sendSignal(pid, "SIGKILL");
      },
      "rolling restarts": async () => {
        await pause(BETWEEN_RESTARTS);
        await client.cluster.restart().result.catch(() => {}); // it fails when a worker is killed meanwhile
      },
    },
    end: async () => client.close(),
  };
}

async function ask(port: number, path: string): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`);
  await response.text();
  if (response.status !== 200) throw new Error(`GET ${path}: unexpected status ${response.status}`);
}

/** A request whose body is being sent cannot be retried when its worker is killed, so 502 and 503 are allowed. */
async function send(port: number): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${port}/echo`, { method: "POST", body: BODY });
  const { byteLength } = await response.arrayBuffer().catch(() => ({ byteLength: -1 }));
  const isFine = response.status === 200 && [BODY.length, -1].includes(byteLength);
  if (!isFine && ![502, 503].includes(response.status)) throw new Error(`POST: unexpected status ${response.status}`);
}

async function breakOff(port: number): Promise<void> {
  const socket = createConnection({ port, host: "127.0.0.1" });
  const closed = new Promise((resolve) => socket.once("close", resolve));
  socket.on("error", () => {}).on("data", () => {});
  socket.write("POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 100000\r\n\r\nsome");
  await pause(Math.random() * 20);
  socket.resetAndDestroy();
  await closed;
}
