import Negotiator from "negotiator";

/** Content codings in the server's order of preference, which applies where a client's weights are equal. */
export const CODINGS = ["zstd", "br", "gzip", "deflate"] as const;
export type Coding = (typeof CODINGS)[number];
export type Accepted = readonly (Coding | "identity")[];

const ALL = [...CODINGS, "identity"] as const;
const NONE_ASKED: Accepted = ["identity"];
/**
 * Maximum number of cached Accept-Encoding fields, and characters of one. Browsers send about a dozen different ones.
 */
const MAX_REMEMBERED = 256;
const MAX_FIELD = 200;

const remembered = new Map<string, Accepted>();

/**
 * The codings that an Accept-Encoding allows, the preferred one first; empty if it refuses all. Source: RFC 9110,
 * 12.5.3.
 */
export function acceptedCodings(field: string | string[] | undefined): Accepted {
  if (field === undefined) return NONE_ASKED;
  const text = String(field);
  return remembered.get(text) ?? negotiate(text);
}

function negotiate(field: string): Accepted {
  const negotiator = new Negotiator({ headers: { "accept-encoding": field } }) as unknown as Preferring;
  const accepted = negotiator.encodings(ALL, { preferred: ALL });
  if (field.length <= MAX_FIELD) {
    if (remembered.size >= MAX_REMEMBERED) remembered.clear();
    remembered.set(field, accepted);
  }
  return accepted;
}

/** The types of negotiator are those of a version without `preferred`. */
interface Preferring {
  encodings<T extends string>(available: readonly T[], options: { preferred: readonly T[] }): T[];
}
