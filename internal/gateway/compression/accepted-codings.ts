import Negotiator from "negotiator";

/** Content codings, the best first where a client likes them equally. */
export const CODINGS = ["zstd", "br", "gzip", "deflate"] as const;
export type Coding = (typeof CODINGS)[number];
export type Accepted = readonly (Coding | "identity")[];

const ALL = [...CODINGS, "identity"] as const;
const NONE_ASKED: Accepted = ["identity"];
/** Accept-Encoding fields remembered, and the characters of one that is: browsers have about a dozen of them. */
const REMEMBERED = 256;
const MAX_REMEMBERED = 200;

const remembered = new Map<string, Accepted>();

/** What an Accept-Encoding allows, the preferred first, by RFC 9110 §12.5.3; empty when it refuses all. */
export function acceptedCodings(field: string | string[] | undefined): Accepted {
  if (field === undefined) return NONE_ASKED;
  const text = String(field);
  return remembered.get(text) ?? negotiate(text);
}

function negotiate(field: string): Accepted {
  const negotiator = new Negotiator({ headers: { "accept-encoding": field } }) as unknown as Preferring;
  const accepted = negotiator.encodings(ALL, { preferred: ALL });
  if (field.length <= MAX_REMEMBERED) {
    if (remembered.size >= REMEMBERED) remembered.clear();
    remembered.set(field, accepted);
  }
  return accepted;
}

/** Its types are those of a version that did not know `preferred` yet. */
interface Preferring {
  encodings<T extends string>(available: readonly T[], options: { preferred: readonly T[] }): T[];
}
