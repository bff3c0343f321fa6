/** Bytes at the beginning of a file that are used to detect its type. */
export const SNIFFED_BYTES = 4_100;

/** Container types. A declared type that uses the detected container is accepted. */
const CONTAINERS: Readonly<Record<string, RegExp>> = {
  "application/xml": /[/+]xml$/,
  "application/zip": /^application\/(?:vnd\.(?:openxmlformats-officedocument|oasis\.opendocument)\..+|epub\+zip)$/,
  "application/x-cfb": /^application\/(?:msword|vnd\.ms-(?:excel|powerpoint|project|works))$/,
};
const UNKNOWN = "application/octet-stream";

/**
 * Loads the detector of file types, which looks at the beginning of a file. If it detects nothing, as for text, the
 * declared type is used; but if files of the declared type are always detectable, the type is unknown.
 */
export async function openTypeSniffer(): Promise<(head: Buffer, declared: string) => Promise<string>> {
  const { fileTypeFromBuffer, supportedMimeTypes } = await import("./file-type.ts");
  const detectable = new Set([...supportedMimeTypes].map(bare).filter((type) => !/^text\/|xml$/.test(type)));
  return async (head, declaredType) => {
    const declared = bare(declaredType) || UNKNOWN;
    const sniffed = await fileTypeFromBuffer(head).catch(() => undefined); // a damaged file is of unknown type
    if (sniffed === undefined) return detectable.has(declared) ? UNKNOWN : declared;
    const type = bare(sniffed.mime);
    return CONTAINERS[type]?.test(declared) ? declared : type;
  };
}

/**
 * Returns a test for types given as `image/png`, `image/*` or `*`, with or without parameters; an empty list allows
 * all.
 */
export function typeMatcher(allowed: readonly string[]): (type: string) => boolean {
  const types = new Set(allowed.map(bare));
  if (types.size === 0 || types.has("*") || types.has("*/*")) return () => true;
  return (type) => types.has(type) || types.has(`${type.slice(0, type.indexOf("/"))}/*`);
}

function bare(type: string): string {
  return (type.split(";", 1)[0] ?? "").trim().toLowerCase();
}
