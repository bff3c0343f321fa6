import { XsysError } from "../../../protocol/errors.ts";
import type { Headers, RequestPayload, WorkerRequest } from "../../../protocol/wire/worker.ts";

/**
 * Decodes a request that was sent as JSON.
 * @throws BAD_FRAME when it has no id, method or URL.
 */
export function requestOf(payload: RequestPayload): WorkerRequest {
  const { id, method, url, headers, query, params, remote_addr, local_addr, body, files, upload_errors } =
    payload ?? {};
  if (typeof id !== "string" || typeof method !== "string" || typeof url !== "string") {
    throw new XsysError("BAD_FRAME", "a request lacks an id, method or url");
  }
  return {
    method,
    url,
    headers: headersOf(headers ?? {}, files !== undefined),
    query: query ?? {},
    params: params ?? {},
    remoteAddr: remote_addr ?? "",
    localAddr: local_addr ?? "",
    body: body === undefined ? undefined : Buffer.from(body, "base64"),
    files,
    uploadErrors: upload_errors,
  };
}

/** The body of a form whose files were stored is its text fields as JSON, so the content type is changed. */
function headersOf(headers: Headers, isStoredForm: boolean): Headers {
  return isStoredForm ? { ...headers, "content-type": "application/json" } : headers;
}
