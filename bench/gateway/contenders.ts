import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { OURS } from "../comparison.ts";
import { onPath } from "../files/program.ts";
import { nodeWords, startServer } from "../server-process.ts";
import { startGateway } from "../xsys-gateway.ts";
import { startNginx } from "./nginx.ts";

/** Where a contender is asked; its processes are ended with the stack. */
export type Ports = Readonly<Record<string, number>>;

export const NGINX = "nginx";
/** The same listener of node:http that the others have is OURS; these are the other ways of being a worker. */
export const OURS_BY_FETCH = "xsys, fetch worker";
export const OURS_BY_JSON = "xsys, JSON worker";
export const ABSENT: readonly string[] = onPath("nginx") ? [] : [NGINX];
export const FILE = "/files/4k.txt";
const FILE_BYTES = 4_096;

/** Starts every contender, each in processes of its own. */
export async function startContenders(folder: string, stack: AsyncDisposableStack): Promise<Ports> {
  const files = join(folder, "files");
  const folders = [
    files,
    join(folder, "node"),
    join(folder, "fetch"),
    join(folder, "json"),
    join(folder, "nginx"),
  ] as const;
  for (const path of folders) await mkdir(path);
  await writeFile(join(files, "4k.txt"), "x".repeat(FILE_BYTES));
  const socket = join(folder, "w");
  stack.use(await startServer(nodeWords(fileOf("http-worker.ts"), socket), { ready: /listening/ }));
  const direct = stack.use(await startServer(nodeWords(fileOf("http-worker.ts"), "0"), TELLS_PORT));
  const proxy = stack.use(await startServer(nodeWords(fileOf("undici-proxy.ts"), socket), TELLS_PORT));
  const node = stack.use(await startGateway(folders[1], new URL("node-worker.ts", import.meta.url)));
  const fetch = stack.use(await startGateway(folders[2], new URL("fetch-worker.ts", import.meta.url)));
  const env = { BENCH_FILES: files };
  const json = stack.use(await startGateway(folders[3], new URL("json-worker.ts", import.meta.url), { env }));
  const nginx = ABSENT.includes(NGINX) ? undefined : stack.use(await startNginx(folders[4], socket, files));
  return {
    [OURS]: node.port,
    [OURS_BY_FETCH]: fetch.port,
    [OURS_BY_JSON]: json.port,
    ...(nginx !== undefined && { [NGINX]: nginx.port }),
    "undici proxy": portOf(proxy.told),
    "node:http direct": portOf(direct.told),
  };
}

const TELLS_PORT = { ready: /"port":(\d+)/ };

function portOf(told: RegExpExecArray): number {
  return Number(told[1]);
}

function fileOf(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}
