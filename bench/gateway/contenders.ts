import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { OURS } from "../comparison.ts";
import { onPath } from "../files/program.ts";
import { nodeWords, startServer } from "../server-process.ts";
import { startGateway } from "../xsys-gateway.ts";
import { startNginx } from "./nginx.ts";

/** Ports by contender. The processes end when the stack is disposed of. */
export type Ports = Readonly<Record<string, number>>;

export const NGINX = "nginx";
/** OURS runs the same node:http listener as the other contenders. These are the other kinds of workers. */
export const OURS_BY_FETCH = "xsys, fetch worker";
/** The listener of OURS behind two gateway processes. */
export const OURS_BY_TWO = "xsys, 2 gateways";
export const OURS_BY_JSON = "xsys, JSON worker";
export const ABSENT: readonly string[] = onPath("nginx") ? [] : [NGINX];
export const FILE = "/files/4k.txt";
const FILE_BYTES = 4_096;

/** Starts every contender in its own processes. */
export async function startContenders(folder: string, stack: AsyncDisposableStack): Promise<Ports> {
  const files = join(folder, "files");
  const folders = [
    files,
    join(folder, "node"),
    join(folder, "fetch"),
    join(folder, "json"),
    join(folder, "nginx"),
    join(folder, "two"),
  ] as const;
  for (const path of folders) await mkdir(path);
  await writeFile(join(files, "4k.txt"), "x".repeat(FILE_BYTES));
  const socket = join(folder, "w");
  stack.use(await startServer(nodeWords(fileOf("http-worker.ts"), socket), { ready: /listening/ }));
  const direct = stack.use(await startServer(nodeWords(fileOf("http-worker.ts"), "0"), PRINTS_PORT));
  const proxy = stack.use(await startServer(nodeWords(fileOf("undici-proxy.ts"), socket), PRINTS_PORT));
  const node = stack.use(await startGateway(folders[1], new URL("node-worker.ts", import.meta.url)));
  const two = stack.use(
    await startGateway(folders[5], new URL("node-worker.ts", import.meta.url), { flags: ["--gateways", "2"] }),
  );
  const fetch = stack.use(await startGateway(folders[2], new URL("fetch-worker.ts", import.meta.url)));
  const env = { BENCH_FILES: files };
  const json = stack.use(await startGateway(folders[3], new URL("json-worker.ts", import.meta.url), { env }));
  const nginx = ABSENT.includes(NGINX) ? undefined : stack.use(await startNginx(folders[4], socket, files));
  return {
    [OURS]: node.port,
    [OURS_BY_TWO]: two.port,
    [OURS_BY_FETCH]: fetch.port,
    [OURS_BY_JSON]: json.port,
    ...(nginx !== undefined && { [NGINX]: nginx.port }),
    "undici proxy": portOf(proxy.match),
    "node:http direct": portOf(direct.match),
  };
}

const PRINTS_PORT = { ready: /"port":(\d+)/ };

function portOf(match: RegExpExecArray): number {
  return Number(match[1]);
}

function fileOf(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}
