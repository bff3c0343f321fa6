import { command } from "../contract/command.ts";
import { defaulted, integer, object, oneOf, optional, path } from "../contract/schema.ts";

const since = "0.1.0";
const GIBIBYTE = 1_073_741_824;

const bytes = (description: string) => integer({ minimum: 0, unit: "bytes", description });
const level = optional(
  integer({
    minimum: 0,
    maximum: 22,
    description: "Compression level: gzip 0–9 (default 6), brotli 0–11 (default 6), zstd 1–22 (default 3).",
  }),
);
const maxBytes = defaulted(
  integer({
    minimum: 0,
    maximum: Number.MAX_SAFE_INTEGER,
    unit: "bytes",
    description: "Maximum size after decompression.",
  }),
  10 * GIBIBYTE,
);
const maxEntries = defaulted(
  integer({ minimum: 0, maximum: 10_000_000, description: "Maximum number of entries." }),
  100_000,
);

const READ_TO_END = "Files are read to the end, regardless of the size that the file system reports.";
const SHORTER =
  "If any file was shorter, the archive is still written completely and can be used, but the command fails with " +
  "INVALID_DATA, and its message names up to ten such files.";

const counted = { entries: integer({ minimum: 0, description: "Number of files, directories and links." }) };

export const compress = command("archive.compress", {
  summary: "Compress a file.",
  description:
    "Without `format`, the name of `dest` decides: brotli for `.br` and `.tbr`, zstd for `.zst` and `.tzst`, gzip " +
    "for any other name. An existing `dest` is replaced atomically; a new one gets the mode of `src`.",
  params: {
    src: path({ description: "File to compress." }),
    dest: path({ description: "Compressed file to write." }),
    format: optional(
      oneOf(["gzip", "brotli", "zstd"], {
        description: "Compression format; by default chosen by the name of `dest`.",
      }),
    ),
    level,
  },
  result: object({ read: bytes("Size of `src`."), written: bytes("Size of `dest`.") }),
  errors: ["NOT_FOUND", "IS_A_DIRECTORY", "NO_SPACE"],
  examples: [{ title: "gzip", params: { src: "notes.txt", dest: "notes.txt.gz" } }],
  changes: true,
  since,
});

export const decompress = command("archive.decompress", {
  summary: "Decompress a file.",
  description:
    "Without `format`, gzip and zstd are recognized by their first bytes. brotli has no signature and is recognized " +
    "by the file name (`.br`, `.tbr`). An existing `dest` is replaced atomically; a new one gets the mode of " +
    "`src`.\n\nDamaged or truncated contents fail with INVALID_DATA, and output larger than `maxBytes` fails with " +
    "TOO_LARGE. These fail with UNSUPPORTED: other formats (such as xz, bzip2, lz4 and lzma), a zstd window over 128 " +
    "MiB, and zstd dictionaries. In all these cases `dest` is left unchanged.",
  params: {
    src: path({ description: "Compressed file to read." }),
    dest: path({ description: "File to write." }),
    format: optional(
      oneOf(["gzip", "brotli", "zstd"], {
        description: "Compression format; by default recognized by the contents or, for brotli, by the name of `src`.",
      }),
    ),
    maxBytes,
  },
  result: object({ read: bytes("Size of `src`."), written: bytes("Size of `dest`.") }),
  errors: ["NOT_FOUND", "IS_A_DIRECTORY", "INVALID_DATA", "UNSUPPORTED", "TOO_LARGE", "NO_SPACE"],
  examples: [{ title: "Detect the format", params: { src: "notes.gz", dest: "expanded.txt" } }],
  changes: true,
  since,
});

export const tar = command("archive.tar", {
  summary: "Pack a directory or file into a tar archive.",
  description:
    "Without `format`, the name of `output` decides: no compression for `.tar`, brotli for `.br` and `.tbr`, zstd " +
    "for `.zst` and `.tzst`, gzip for any other name.\n\nEntry names start with the name of the directory and are " +
    "sorted. Modes, times, numeric owners, symbolic links and hard links are preserved. Sockets, FIFOs, devices and " +
    "the archive itself are skipped. `output` is replaced " +
    `atomically.\n\n${READ_TO_END} If a file is shorter than its reported size, the bytes that it has are stored; ` +
    "if the header of the entry has already been written with the larger size, the entry is padded with zeros to " +
    `that size. ${SHORTER}`,
  params: {
    dir: path({ description: "Directory or file to pack." }),
    output: path({ description: "Archive to write." }),
    format: optional(
      oneOf(["none", "gzip", "brotli", "zstd"], {
        description: "Compression format; by default chosen by the name of `output`.",
      }),
    ),
    level,
  },
  result: object({ ...counted, written: bytes("Size of the archive.") }),
  errors: ["NOT_FOUND", "INVALID_DATA", "TOO_LARGE", "NO_SPACE"],
  progress: true,
  examples: [
    { title: "Compressed", params: { dir: "src", output: "src.tar.gz" } },
    { title: "Not compressed", params: { dir: "src", output: "src.tar" } },
  ],
  changes: true,
  since,
});

const OUTSIDE =
  "Nothing is written outside `dest`. The archive is checked before anything is written. The command fails with " +
  "DENIED if the archive contains names that are absolute or contain `..`, or entries below a symbolic link that is " +
  "in the archive or in `dest`.";
const EXTRACTION =
  "Symbolic links themselves are extracted, wherever they point. If the archive has more entries than `maxEntries` " +
  "or more bytes than `maxBytes`, the command fails with TOO_LARGE. If the archive is damaged, the command fails " +
  "with INVALID_DATA.\n\nExtraction is all or nothing: entries are written to a new directory first and moved into " +
  "place at the end. Existing files and links are replaced. Existing directories keep their mode, their time and " +
  "their other contents. Modes are restored without set-user-ID, set-group-ID and sticky bits. Owners are not " +
  "restored.";

export const untar = command("archive.untar", {
  summary: "Extract a tar archive.",
  description:
    "The archive may have the format v7, ustar, GNU or pax, and may be compressed. gzip and zstd are recognized by " +
    "their first bytes, and brotli is recognized by the file name (`.br`, `.tbr`). Sparse files of GNU tar stay " +
    "sparse. The command fails with UNSUPPORTED for other compression formats (such as xz, bzip2, lz4 and lzma), for " +
    `multi-volume archives, and for archives that contain devices or FIFOs.\n\n${OUTSIDE} It also fails with DENIED ` +
    `if a hard link refers to anything but a file in the archive. ${EXTRACTION}`,
  params: {
    archive: path({ description: "Archive to extract." }),
    dest: path({ description: "Directory to extract into; created if missing." }),
    maxEntries,
    maxBytes,
  },
  result: object({ ...counted, bytes: bytes("Total size of the files.") }),
  errors: ["NOT_FOUND", "IS_A_DIRECTORY", "NOT_A_DIRECTORY", "INVALID_DATA", "UNSUPPORTED", "TOO_LARGE", "NO_SPACE"],
  examples: [{ title: "Into a new directory", params: { archive: "backup.tar.gz", dest: "restored" } }],
  changes: true,
  since,
});

export const zip = command("archive.zip", {
  summary: "Pack a directory or file into a zip archive.",
  description:
    "Entry names start with the name of the directory and are sorted. Modes, times and symbolic links are preserved. " +
    "Each hard link is stored as a separate file. Sockets, FIFOs, devices and the archive itself are skipped. " +
    `\`output\` is replaced atomically.\n\n${READ_TO_END} If a file is shorter than its reported size, the bytes ` +
    `that it has are stored. ${SHORTER}`,
  params: {
    dir: path({ description: "Directory or file to pack." }),
    output: path({ description: "Archive to write." }),
    level: optional(integer({ minimum: 0, maximum: 9, description: "Compression level; the default is 6." })),
  },
  result: object({ ...counted, written: bytes("Size of the archive.") }),
  errors: ["NOT_FOUND", "INVALID_DATA", "TOO_LARGE", "NO_SPACE"],
  examples: [{ title: "A directory", params: { dir: "src", output: "src.zip" } }],
  changes: true,
  since,
});

export const unzip = command("archive.unzip", {
  summary: "Extract a zip archive.",
  description:
    "Zip64 archives are supported, as are archives that are preceded by a program (self-extracting archives) or " +
    "followed by other bytes. Entries may be stored or compressed with deflate. Other compression methods, encrypted " +
    `archives and split archives fail with UNSUPPORTED.\n\n${OUTSIDE} ${EXTRACTION}`,
  params: {
    archive: path({ description: "Archive to extract." }),
    dest: path({ description: "Directory to extract into; created if missing." }),
    maxEntries,
    maxBytes,
  },
  result: object({ ...counted, bytes: bytes("Total size of the files.") }),
  errors: ["NOT_FOUND", "IS_A_DIRECTORY", "NOT_A_DIRECTORY", "INVALID_DATA", "UNSUPPORTED", "TOO_LARGE", "NO_SPACE"],
  examples: [{ title: "Into a new directory", params: { archive: "site.zip", dest: "site" } }],
  changes: true,
  since,
});
