import type { FrameWriter } from "../../protocol/wire/frame.ts";
import { encodeMessage } from "../../protocol/wire/message.ts";
import type { RequestPayload } from "../../protocol/wire/worker.ts";
import { sendXbpRequest } from "../../protocol/wire/xbp.ts";
import type { Job } from "./job.ts";

export interface RequestEncoding {
  /** The worker supports XBP. */
  readonly xbp: boolean;
  /** The body follows as chunks. */
  readonly follows: boolean;
  /** Maximum frame size in bytes. */
  readonly most: number;
}

/**
 * Queues a request for a worker: as XBP if the worker supports it and XBP can represent the request (it has no fields
 * for uploads), as JSON otherwise. Returns false if the request is too large for a frame.
 */
export function writeRequest(
  writer: FrameWriter,
  id: number,
  job: Job,
  { xbp, follows, most }: RequestEncoding,
): boolean {
  if (xbp && !follows && !job.upgrade && sendXbpRequest(writer, String(id), job.request, most)) return true;
  const text = encodeMessage("Request", requestPayload(id, job, follows));
  if (text.length > most) return false;
  writer.json(text);
  return true;
}

function requestPayload(id: number, { request, upgrade }: Job, follows: boolean): RequestPayload {
  const { method, url, headers, query, params, remoteAddr, localAddr, body, files, uploadErrors } = request;
  return {
    id: String(id),
    method,
    url,
    headers,
    query,
    params,
    remote_addr: remoteAddr,
    local_addr: localAddr,
    ...(body !== undefined && body.length > 0 && !follows && { body: base64(body) }),
    ...(files !== undefined && { files }),
    ...(uploadErrors !== undefined && { upload_errors: uploadErrors }),
    ...(follows && { input: true }),
    ...(upgrade && { upgrade: true, input: true }),
  };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}
