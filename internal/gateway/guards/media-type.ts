import type { Headers } from "../../../protocol/wire/worker.ts";

/** The media type of Content-Type, without parameters, in lower case; empty without the header. */
export function mediaTypeOf(headers: Headers): string {
  const value = headers["content-type"];
  const type = typeof value === "string" ? value : (value?.[0] ?? "");
  const end = type.indexOf(";");
  return (end < 0 ? type : type.slice(0, end)).trim().toLowerCase();
}
