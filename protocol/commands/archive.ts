import { command } from "../contract/command.ts";
import { defaulted, integer, object, oneOf, optional, path } from "../contract/schema.ts";

const since = "0.1.0";
const GIBIBYTE = 1_073_741_824;

const bytes = (description: string) => integer({ minimum: 0, unit: "bytes", description });
const level = optional(
  integer({ minimum: 0, maximum: 22, description: "Of compression: gzip 0–9 (6), brotli 0–11 (6), zstd 1–22 (3)." }),
);
const maxBytes = defaulted(
  integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, unit: "bytes", description: "Expanded, at the most." }),
  10 * GIBIBYTE,
);
const maxEntries = defaulted(
  integer({ minimum: 0, maximum: 10_000_000, description: "Entries at the most." }),
  100_000,
);

const SHORTER =
  "\n\nFiles are read to their end, whatever size the file system tells. One that turns out to be shorter is stored as far as it " +
  "goes (in a tar archive filled up with zeros, when it was begun already): the archive is complete, and the call still ends with " +
  "INVALID_DATA, which names such files.";

const counted = { entries: integer({ minimum: 0, description: "Files, folders and links." }) };

export const compress = command("archive.compress", {
  summary: "Compress one file.",
  description:
    "With gzip, unless `dest` ends in `.br` (brotli) or `.zst` (zstd) or `format` says otherwise. `dest` is replaced in one step; " +
    "when it is new it takes the mode of `src`.",
  params: {
    src: path({ description: "The file." }),
    dest: path({ description: "The compressed file." }),
    format: optional(oneOf(["gzip", "brotli", "zstd"], { description: "Instead of by the name." })),
    level,
  },
  result: object({ read: bytes("Of `src`."), written: bytes("Of `dest`.") }),
  errors: ["NOT_FOUND", "IS_A_DIRECTORY", "NO_SPACE"],
  examples: [{ title: "gzip", params: { src: "notes.txt", dest: "notes.txt.gz" } }],
  changes: true,
  since,
});

export const decompress = command("archive.decompress", {
  summary: "Expand one compressed file.",
  description:
    "gzip and zstd are recognised by the first bytes, brotli, which has no signature, by the name (`.br`). Damaged or truncated " +
    "contents are INVALID_DATA, what expands to more than `maxBytes` is TOO_LARGE, and other formats (xz, bzip2, lz4, lzma, compress), " +
    "a zstd window over 128 MiB and a zstd dictionary are UNSUPPORTED: `dest` then stays as it was. When it is new it takes the mode " +
    "of `src`.",
  params: {
    src: path({ description: "The compressed file." }),
    dest: path({ description: "The expanded file; replaced in one step." }),
    format: optional(oneOf(["gzip", "brotli", "zstd"], { description: "Instead of by the contents." })),
    maxBytes,
  },
  result: object({ read: bytes("Of `src`."), written: bytes("Of `dest`.") }),
  errors: ["NOT_FOUND", "IS_A_DIRECTORY", "INVALID_DATA", "UNSUPPORTED", "TOO_LARGE", "NO_SPACE"],
  examples: [{ title: "Whatever it was compressed with", params: { src: "notes.gz", dest: "expanded.txt" } }],
  changes: true,
  since,
});

export const tar = command("archive.tar", {
  summary: "Pack a folder or a file as a tar archive.",
  description:
    "Compressed with gzip, unless `output` ends in `.tar` (not compressed), `.br` or `.zst`, or `format` says otherwise. Entries " +
    "are named from the folder's own name on and sorted. Modes, times, owners' numbers, symbolic links and hard links are kept; " +
    `sockets, FIFOs and devices are left out, and so is the archive itself. \`output\` is replaced in one step.${SHORTER}`,
  params: {
    dir: path({ description: "The folder, or one file." }),
    output: path({ description: "The archive." }),
    format: optional(
      oneOf(["none", "gzip", "brotli", "zstd"], { description: "Compression, instead of by the name." }),
    ),
    level,
  },
  result: object({ ...counted, written: bytes("Of the archive.") }),
  errors: ["NOT_FOUND", "INVALID_DATA", "TOO_LARGE", "NO_SPACE"],
  progress: true,
  examples: [
    { title: "Compressed", params: { dir: "src", output: "src.tar.gz" } },
    { title: "Not compressed", params: { dir: "src", output: "src.tar" } },
  ],
  changes: true,
  since,
});

const REFUSALS =
  "Nothing is written outside `dest`: the archive is read through first, and a name that is absolute or holds `..`, an entry " +
  "below a symbolic link (of the archive, or in `dest`), and a hard link to anything but a file of the archive are DENIED, " +
  "with nothing written. Symbolic links themselves are kept, wherever they lead. More than `maxEntries` or `maxBytes` are " +
  "TOO_LARGE; a damaged archive is INVALID_DATA.\n\n" +
  "All or nothing: entries are written to a new folder first and moved to their places last. Files and links that are there " +
  "are replaced; folders that are there keep their mode, their time and what else is in them. Modes are kept without set-user-ID, " +
  "set-group-ID and sticky bits; owners are not.";

export const untar = command("archive.untar", {
  summary: "Unpack a tar archive.",
  description:
    "The formats v7, ustar, GNU and pax, plain or compressed: gzip and zstd are recognised by the first bytes, brotli by the name " +
    "(`.br`). Sparse files of GNU tar keep their holes. Devices, FIFOs, volumes that go on in another archive, and archives " +
    `compressed in other ways (xz, bzip2, lz4, lzma, compress) are UNSUPPORTED.\n\n${REFUSALS}`,
  params: {
    archive: path({ description: "The archive." }),
    dest: path({ description: "The folder to unpack into; made when missing." }),
    maxEntries,
    maxBytes,
  },
  result: object({ ...counted, bytes: bytes("Of the files' contents.") }),
  errors: ["NOT_FOUND", "IS_A_DIRECTORY", "NOT_A_DIRECTORY", "INVALID_DATA", "UNSUPPORTED", "TOO_LARGE", "NO_SPACE"],
  examples: [{ title: "Into a new folder", params: { archive: "backup.tar.gz", dest: "restored" } }],
  changes: true,
  since,
});

export const zip = command("archive.zip", {
  summary: "Pack a folder or a file as a zip archive.",
  description:
    "Entries are named from the folder's own name on and sorted. Modes, times and symbolic links are kept; a hard link is one " +
    `more file; sockets, FIFOs and devices are left out, and so is the archive itself. \`output\` is replaced in one step.${SHORTER}`,
  params: {
    dir: path({ description: "The folder, or one file." }),
    output: path({ description: "The archive." }),
    level: optional(integer({ minimum: 0, maximum: 9, description: "Of compression (6)." })),
  },
  result: object({ ...counted, written: bytes("Of the archive.") }),
  errors: ["NOT_FOUND", "INVALID_DATA", "TOO_LARGE", "NO_SPACE"],
  examples: [{ title: "A folder", params: { dir: "src", output: "src.zip" } }],
  changes: true,
  since,
});

export const unzip = command("archive.unzip", {
  summary: "Unpack a zip archive.",
  description:
    "Also with 64-bit fields, and with a program before the archive (self-extracting) or bytes behind it. Encrypted archives, " +
    `archives split into several files, and compressions other than deflate are UNSUPPORTED.\n\n${REFUSALS}`,
  params: {
    archive: path({ description: "The archive." }),
    dest: path({ description: "The folder to unpack into; made when missing." }),
    maxEntries,
    maxBytes,
  },
  result: object({ ...counted, bytes: bytes("Of the files' contents.") }),
  errors: ["NOT_FOUND", "IS_A_DIRECTORY", "NOT_A_DIRECTORY", "INVALID_DATA", "UNSUPPORTED", "TOO_LARGE", "NO_SPACE"],
  examples: [{ title: "Into a new folder", params: { archive: "site.zip", dest: "site" } }],
  changes: true,
  since,
});
