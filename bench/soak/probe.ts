/**
 * Preloaded into the measured program (`node --expose-gc --import probe.ts …`, with an IPC channel). It answers every
 * message with the program's resource usage after a garbage collection.
 */
import { readdirSync, readlinkSync } from "node:fs";
import { isMainThread } from "node:worker_threads";
import type { Vitals } from "./vitals.ts";

// Threads of the program preload this module as well.
if (isMainThread) {
  process.on("message", () => process.send?.(vitals()));
  process.channel?.unref();
}

function vitals(): Vitals {
  globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  const resources = Object.groupBy(process.getActiveResourcesInfo(), (name) => name);
  return {
    rss,
    heap: heapUsed,
    external,
    files: readdirSync("/proc/self/fd").flatMap(openFile),
    threads: readdirSync("/proc/self/task").length,
    listeners: process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0),
    timers: resources.Timeout?.length ?? 0,
    sockets: (resources.PipeWrap?.length ?? 0) + (resources.TCPSocketWrap?.length ?? 0),
  };
}

/** Only files with a path. Pipes, eventfds and the like belong to threads, whose number varies. */
function openFile(descriptor: string): string[] {
  try {
    const path = readlinkSync(`/proc/self/fd/${descriptor}`);
    return /^\/(?!dev\/|proc\/)/.test(path) ? [path] : [];
  } catch {
    return []; // the descriptor that listed the folder is closed by now
  }
}
