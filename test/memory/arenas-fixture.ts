/**
 * Started by idle-memory.test.ts: `arenas-fixture.ts MOST`. Limits malloc to MOST arenas (0: no limit), lets threads
 * allocate at the same time, and prints the number of arenas as malloc_info(3) reports it.
 */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { limitArenas } from "../../internal/memory/allocator.ts";

const THREADS = 12;
const [, , most = "0", report = ""] = process.argv;

if (most !== "0") limitArenas(Number(most));
const code = 'require("node:worker_threads").parentPort.on("message", process.exit).postMessage(Buffer.alloc(4096))';
const threads = Array.from({ length: THREADS }, () => new Worker(code, { eval: true }));
await Promise.all(threads.map((thread) => once(thread, "message")));
console.log(arenas());
await Promise.all(threads.map((thread) => thread.terminate()));

function arenas(): number {
  process.removeAllListeners("warning");
  const ffi = process.getBuiltinModule("node:ffi");
  const { functions } = ffi.dlopen(null, {
    fopen: { return: "pointer", arguments: ["string", "string"] },
    malloc_info: { return: "i32", arguments: ["i32", "pointer"] },
    fclose: { return: "i32", arguments: ["pointer"] },
  });
  const stream = functions.fopen(report, "w");
  functions.malloc_info(0, stream);
  functions.fclose(stream);
  return readFileSync(report, "utf8").match(/<heap nr=/g)?.length ?? 0;
}
