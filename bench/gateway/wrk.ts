import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { onPath } from "../files/program.ts";
import { Load } from "../load/load.ts";
import type { Figures } from "../rounds.ts";

/** Number of concurrent connections. */
export const CONNECTIONS = 32;
export const HAS_WRK: boolean = onPath("wrk");
const MILLISECONDS: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1_000, m: 60_000 };

/**
 * Sends requests to a server for `seconds`: with wrk or, if it is not installed, with the bench's own load generator.
 */
export function ask(port: number, path: string, seconds: number): Promise<Figures> {
  return HAS_WRK ? askByWrk(port, path, seconds) : askByLoad(port, path, seconds);
}

async function askByWrk(port: number, path: string, seconds: number): Promise<Figures> {
  const url = `http://127.0.0.1:${port}${path}`;
  const words = ["-t1", `-c${CONNECTIONS}`, `-d${seconds}s`, "--timeout", "10s", "--latency", url];
  const child = spawn("wrk", words, { stdio: ["ignore", "pipe", "inherit"] });
  const [output, [status]] = await Promise.all([text(child.stdout), once(child, "close")]);
  const [, rate] = /Requests\/sec: +([\d.]+)/.exec(output) ?? [];
  const [, p99, unit = ""] = /99% +([\d.]+)(\w+)/.exec(output) ?? [];
  if (status !== 0 || /Non-2xx|Socket errors/.test(output)) throw new Error(`requests for ${url} failed: ${output}`);
  return { "requests/s": Number(rate), p99: Number(p99) * (MILLISECONDS[unit] ?? Number.NaN) };
}

async function askByLoad(port: number, path: string, seconds: number): Promise<Figures> {
  const options = { host: "127.0.0.1", port, path, method: "GET", clients: CONNECTIONS, sequential: false } as const;
  await using load = await Load.start({ ...options, timeout: 10_000 });
  await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
  const { answered, failed, milliseconds, p99 } = await load.take();
  if (failed > 0) throw new Error(`${failed} requests for ${path} on port ${port} failed`);
  return { "requests/s": (answered * 1_000) / milliseconds, p99 };
}
