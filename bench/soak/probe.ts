/**
 * Preloaded into a program that is measured (`node --expose-gc --import probe.ts …`, with an IPC channel): it answers
 * every message with the program's vital signs, after a collection of its garbage.
 */
import { readdirSync, readlinkSync } from "node:fs";
import { isMainThread } from "node:worker_threads";
import type { Vitals } from "./vitals.ts";

// Its threads preload it as well.
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

/** Pipes, eventfds and the like are the threads', which come and go. */
function openFile(descriptor: string): string[] {
  try {
    const path = readlinkSync(`/proc/self/fd/${descriptor}`);
    return /^\/(?!dev\/|proc\/)/.test(path) ? [path] : [];
  } catch {
    return []; // that of the folder itself, which was read
  }
}
