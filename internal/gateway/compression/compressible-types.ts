import type { HeaderValue } from "../../../protocol/wire/worker.ts";

/** Text, and what is text by its syntax. Images, archives, videos are compressed already. */
const BY_DEFAULT =
  /^text\/|[/+](?:x-)?(?:json|javascript|ecmascript|xml|yaml|ndjson|json5|wasm|x-www-form-urlencoded)$/;
/** Types remembered: an application has a handful. */
const REMEMBERED = 256;

/**
 * Tells which content types are worth it.
 * @param types - exact or beginnings of them; empty for those of text.
 */
export function compressibleTypes(types: readonly string[]): (type: HeaderValue | undefined) => boolean {
  const listed = types.map((type) => type.trim().toLowerCase().replace(/\*$/, ""));
  const known = new Map<string, boolean>();

  function decide(type: string): boolean {
    const bare = (type.split(";", 1)[0] ?? "").trim().toLowerCase();
    const isOne = listed.length > 0 ? listed.some((beginning) => bare.startsWith(beginning)) : BY_DEFAULT.test(bare);
    if (known.size >= REMEMBERED) known.clear();
    known.set(type, isOne);
    return isOne;
  }

  return (type) => typeof type === "string" && (known.get(type) ?? decide(type));
}
