/** A worker that a request can end, in whichever way its path says; to any other it says which process it is. */
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
