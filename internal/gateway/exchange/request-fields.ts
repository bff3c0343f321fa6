import type { IncomingHttpHeaders } from "node:http";
import type { GatewayRequest } from "./http-messages.ts";

/**
 * A request's fields as workers, upstreams and guards are to see them: as the client sent them, but Host is the one that
 * was decided on, and HTTP/2's pseudo-fields are none.
 */
export function requestFields(request: GatewayRequest, host: string | undefined): IncomingHttpHeaders {
  const { headers } = request;
  if (!("stream" in request) && headers.host === host) return headers;
  const fields: IncomingHttpHeaders = {};
  for (const name in headers) if (!name.startsWith(":")) fields[name] = headers[name];
  if (host !== undefined) fields.host = host;
  return fields;
}
