/**
 * The worker under attack. It answers with its process id, and at /big with up to 16 MiB, as far as the client reads.
 */
import { serveWorker } from "../../../clients/typescript/worker.ts";

const PART = new Uint8Array(65_536);
const PARTS = 256;

await serveWorker((request) => new Response(request.url.endsWith("/big") ? parts() : String(process.pid)));

function parts(): ReadableStream<Uint8Array> {
  let sent = 0;
  return new ReadableStream({
    pull: (controller) => {
      if (sent++ < PARTS) controller.enqueue(PART);
      else controller.close();
    },
  });
}
