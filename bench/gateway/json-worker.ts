/** A worker that only speaks JSON frames, like XyPriss's workers, and mounts a folder of static files. */
import { connect } from "node:net";
import { FrameReader, FrameWriter } from "../../protocol/wire/frame.ts";
import type { RequestPayload } from "../../protocol/wire/worker.ts";

const { XYPRISS_IPC_PATH = "", XYPRISS_WORKER_ID = "", BENCH_FILES = "" } = process.env;
const HELLO = Buffer.from("hello").toString("base64");

const socket = connect(XYPRISS_IPC_PATH);
const reader = new FrameReader();
const writer = new FrameWriter(socket);

say("RegisterWorker", { id: XYPRISS_WORKER_ID });
say("SyncRoutes", [
  { method: "GET", path: "/", target: "worker" },
  { method: "GET", path: "/files/*filepath", target: "static", file_path: BENCH_FILES },
]);
socket.on("data", (bytes: Buffer) => reader.push(bytes, (frame) => take(JSON.parse(frame.toString()))));
socket.on("close", () => process.exit(1));

function take({ type, payload }: { type: string; payload: RequestPayload }): void {
  if (type === "Ping") say("Pong", {});
  if (type !== "Request") return;
  say("Response", { id: payload.id, status: 200, headers: { "content-type": "text/plain" }, body: HELLO });
}

function say(type: string, payload: object): void {
  writer.json(JSON.stringify({ type, payload }));
}
