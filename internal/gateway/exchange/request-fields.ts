import type { IncomingHttpHeaders } from "node:http";
import type { GatewayRequest } from "./http-messages.ts";

/**
 * The header fields of a request as workers, upstreams and guards get them: as sent by the client, but with the Host
 * determined by `addressOf`, and without HTTP/2's pseudo-header fields.
 */
export function requestFields(request: GatewayRequest, host: string | undefined): IncomingHttpHeaders {
  const { headers } = request;
  if (!("stream" in request) && headers.host === host) return headers;
  const fields: IncomingHttpHeaders = {};
  for (const name in headers) if (!name.startsWith(":")) fields[name] = headers[name];
  if (host !== undefined) fields.host = host;
  return fields;
}
