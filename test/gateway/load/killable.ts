/** A worker that a request can end in the way its path names. It answers other requests with its process id. */
import { serveWorker } from "../../../clients/typescript/worker.ts";

const WAYS: Readonly<Record<string, () => void>> = {
  "/exit": () => process.exit(1),
  "/throw": () =>
    setImmediate(() => {
      throw new Error("thrown");
    }),
  "/abort": () => process.abort(),
  "/segv": () => process.kill(process.pid, "SIGSEGV"),
  "/hang": () => {
    for (;;);
  },
};

await serveWorker(async (request) => {
  const way = WAYS[new URL(request.url).pathname];
  if (way === undefined) return new Response(String(process.pid));
  way();
  return await new Promise<Response>(() => {});
});
