import type { HeaderValue } from "../../../protocol/wire/worker.ts";

/** Text, and types based on text. Images, archives and videos are already compressed. */
const BY_DEFAULT =
  /^text\/|[/+](?:x-)?(?:json|javascript|ecmascript|xml|yaml|ndjson|json5|wasm|x-www-form-urlencoded)$/;
/** Maximum number of cached types. An application uses only a few. */
const REMEMBERED = 256;

/**
 * Returns a test for content types that are worth compressing.
 * @param types - content types or prefixes of them; empty for text types.
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
