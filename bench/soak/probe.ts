/**
 * Preloaded into the measured program (`node --expose-gc --import probe.ts …`, with an IPC channel). It answers every
 * message with the program's resource usage after a garbage collection.
 */
import { isMainThread } from "node:worker_threads";
import type { InsideVitals } from "./vitals.ts";

// Threads of the program preload this module as well.
if (isMainThread) {
  process.on("message", () => process.send?.(vitals()));
  process.channel?.unref();
}

function vitals(): InsideVitals {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  const resources = Object.groupBy(process.getActiveResourcesInfo(), (name) => name);
  return {
    heap: heapUsed,
    external,
    listeners: process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0),
    timers: resources.Timeout?.length ?? 0,
    sockets: (resources.PipeWrap?.length ?? 0) + (resources.TCPSocketWrap?.length ?? 0),
  };
}
