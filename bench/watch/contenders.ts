import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serveXsys } from "../calls/xsys.ts";

/** Watches a tree. Resolves when it is ready. `onEvent` is called with the path of every event. */
export type StartWatch = (root: string, onEvent: (path: string) => void) => Promise<Watching>;

export interface Watching {
  /** The watching process. */
  readonly pid: number;
  /** Milliseconds until the watch was ready. */
  readonly ready: number;
  close(): Promise<void>;
}

export const CONTENDERS: Readonly<Record<string, StartWatch>> = {
  xsys: (root, onEvent) => xsys(root, onEvent, 1),
  "xsys, 16 subscribers": (root, onEvent) => xsys(root, onEvent, 16),
  chokidar: async (root, onEvent) => {
    const { watch } = await import("chokidar");
    const begun = performance.now();
    const watcher = watch(root, { backend: "native-recursive", ignoreInitial: true });
    await new Promise<void>((resolve) => watcher.once("ready", resolve));
    watcher.on("all", (_event, path) => onEvent(path));
    return { pid: process.pid, ready: performance.now() - begun, close: endsWithProcess };
  },
  "fs.watch recursive": async (root, onEvent) => {
    const { watch } = await import("node:fs");
    const begun = performance.now();
    watch(root, { recursive: true }, (_event, name) => onEvent(join(root, String(name))));
    return { pid: process.pid, ready: performance.now() - begun, close: endsWithProcess };
  },
  "@parcel/watcher": async (root, onEvent) => {
    const { subscribe } = await import("@parcel/watcher");
    const begun = performance.now();
    await subscribe(root, (_error, events) => {
      for (const { path } of events) onEvent(path);
    });
    return { pid: process.pid, ready: performance.now() - begun, close: endsWithProcess };
  },
};

/** The watcher ends with the sample's process. @parcel/watcher fails to unsubscribe when folders were deleted. */
const endsWithProcess = async () => {};

/** A service in its own process, and its clients in this one. The events of the first client are measured. */
async function xsys(root: string, onEvent: (path: string) => void, subscribers: number): Promise<Watching> {
  const { connect } = await import("../../clients/typescript/index.ts");
  const folder = await mkdtemp(join(tmpdir(), "xsys-bench-"));
  const socket = join(folder, "s");
  const service = spawn(process.execPath, serveXsys(socket), { stdio: ["ignore", "pipe", "inherit"] });
  await once(service.stdout, "data");
  const clients = await Promise.all(Array.from({ length: subscribers }, () => connect({ socket })));
  const begun = performance.now();
  const streams = clients.map((client) => client.watch.files({ paths: [root] }));
  await Promise.all(streams.map((stream, place) => follow(stream, place === 0 ? onEvent : () => {})));
  return {
    pid: service.pid ?? 0,
    ready: performance.now() - begun,
    close: async () => {
      for (const client of clients) client.close();
      service.kill("SIGTERM");
      await once(service, "exit");
      await rm(folder, { recursive: true, force: true });
    },
  };
}

interface WatchEvent {
  readonly type: string;
  readonly path?: string | undefined;
}

/** Resolves when the stream is ready, and continues to read it. */
function follow(stream: AsyncIterable<WatchEvent>, onEvent: (path: string) => void): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const read = async () => {
    for await (const { type, path } of stream) {
      if (type === "ready") resolve();
      if (path !== undefined) onEvent(path);
    }
  };
  read().catch(reject); // also when the connection is closed at the end; the promise has resolved by then
  return promise;
}
