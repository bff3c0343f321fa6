/** Bytes at a file's beginning that tell its type. */
export const SNIFFED_BYTES = 4_100;

/** Types that say what a file is packed in; who declares one that is packed so is believed. */
const PACKED: Readonly<Record<string, RegExp>> = {
  "application/xml": /[/+]xml$/,
  "application/zip": /^application\/(?:vnd\.(?:openxmlformats-officedocument|oasis\.opendocument)\..+|epub\+zip)$/,
  "application/x-cfb": /^application\/(?:msword|vnd\.ms-(?:excel|powerpoint|project|works))$/,
};
const UNKNOWN = "application/octet-stream";

/**
 * Loads what tells a file's type by its beginning. Where that shows nothing, as in text, the declared type stands; unless
 * files of that type do show it, and this one is something else by its client's mistake or intention.
 */
export async function openTypeSniffer(): Promise<(head: Buffer, declared: string) => Promise<string>> {
  const { fileTypeFromBuffer, supportedMimeTypes } = await import("./file-type.ts");
  const showing = new Set([...supportedMimeTypes].map(bare).filter((type) => !/^text\/|xml$/.test(type)));
  return async (head, declaredType) => {
    const declared = bare(declaredType) || UNKNOWN;
    const sniffed = await fileTypeFromBuffer(head).catch(() => undefined); // damaged is as good as unknown
    if (sniffed === undefined) return showing.has(declared) ? UNKNOWN : declared;
    const type = bare(sniffed.mime);
    return PACKED[type]?.test(declared) ? declared : type;
  };
}

/** Of `image/png`, `image/*` or `*` with or without parameters; without any, all are allowed. */
export function typeMatcher(allowed: readonly string[]): (type: string) => boolean {
  const types = new Set(allowed.map(bare));
  if (types.size === 0 || types.has("*") || types.has("*/*")) return () => true;
  return (type) => types.has(type) || types.has(`${type.slice(0, type.indexOf("/"))}/*`);
}

function bare(type: string): string {
  return (type.split(";", 1)[0] ?? "").trim().toLowerCase();
}
