import { command } from "../contract/command.ts";
import { defaulted, integer, object, oneOf, optional, path } from "../contract/schema.ts";

const since = "0.1.0";
const GIBIBYTE = 1_073_741_824;

const bytes = (description: string) => integer({ minimum: 0, unit: "bytes", description });
const level = optional(
  integer({ minimum: 0, maximum: 22, description: "Compression level: gzip 0–9 (6), brotli 0–11 (6), zstd 1–22 (3)." }),
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

const SHORTER =
  "\n\n" +
  "Files are read to the end, regardless of the size that the file system reports. A file that turns out to be " +
  "shorter is stored with the bytes it has; in a tar archive, an entry whose size is already written is padded with " +
  "zeros. The archive is then complete, but the call still ends with INVALID_DATA and names these files.";

const counted = { entries: integer({ minimum: 0, description: "Number of files, directories and links." }) };

export const compress = command("archive.compress", {
  summary: "Compress a file.",
  description:
    "Uses gzip unless `dest` ends in `.br` (brotli) or `.zst` (zstd), or `format` is given. `dest` is replaced " +
    "atomically; a new file gets the mode of `src`.",
  params: {
    src: path({ description: "File to compress." }),
    dest: path({ description: "Compressed file to write." }),
    format: optional(
      oneOf(["gzip", "brotli", "zstd"], { description: "Compression format; by default chosen by the file name." }),
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
    "gzip and zstd are detected from the first bytes. brotli has no signature and is detected by the file name " +
    "(`.br`). Damaged or truncated contents fail with INVALID_DATA, output larger than `maxBytes` with TOO_LARGE, " +
    "and other formats (xz, bzip2, lz4, lzma, compress), a zstd window over 128 MiB or a zstd dictionary with " +
    "UNSUPPORTED; `dest` is then left unchanged. A new file gets the mode of `src`.",
  params: {
    src: path({ description: "Compressed file to read." }),
    dest: path({ description: "File to write; replaced atomically." }),
    format: optional(
      oneOf(["gzip", "brotli", "zstd"], { description: "Compression format; by default detected from the contents." }),
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
    "Compressed with gzip unless `output` ends in `.tar` (uncompressed), `.br` or `.zst`, or `format` is given. " +
    "Entry names start with the directory's own name and are sorted. Modes, times, numeric owners, symbolic links " +
    "and hard links are preserved; sockets, FIFOs and devices are skipped, and so is the archive itself. " +
    `\`output\` is replaced atomically.${SHORTER}`,
  params: {
    dir: path({ description: "Directory or file to pack." }),
    output: path({ description: "Archive to write." }),
    format: optional(
      oneOf(["none", "gzip", "brotli", "zstd"], {
        description: "Compression format; by default chosen by the file name.",
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

const REFUSALS =
  "Nothing is written outside `dest`. The archive is checked first: names that are absolute or contain `..`, entries " +
  "below a symbolic link (in the archive or in `dest`), and hard links to anything but a file in the archive fail " +
  "with DENIED before anything is written. Symbolic links themselves are kept, wherever they point. More than " +
  "`maxEntries` or `maxBytes` fails with TOO_LARGE, a damaged archive with INVALID_DATA.\n\n" +
  "Extraction is all or nothing: entries are written to a new directory first and moved into place at the end. " +
  "Existing files and links are replaced; existing directories keep their mode, time and other contents. Modes are " +
  "restored without set-user-ID, set-group-ID and sticky bits; owners are not restored.";

export const untar = command("archive.untar", {
  summary: "Extract a tar archive.",
  description:
    "Reads v7, ustar, GNU and pax archives, plain or compressed. gzip and zstd are detected from the first bytes, " +
    "brotli by the file name (`.br`). Sparse files of GNU tar keep their holes. Devices, FIFOs, multi-volume " +
    "archives and other compression " +
    `formats (xz, bzip2, lz4, lzma, compress) are UNSUPPORTED.\n\n${REFUSALS}`,
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
    "Entry names start with the directory's own name and are sorted. Modes, times and symbolic links are preserved; " +
    "a hard link is stored as a separate file; sockets, FIFOs and devices are skipped, and so is the archive itself. " +
    `\`output\` is replaced atomically.${SHORTER}`,
  params: {
    dir: path({ description: "Directory or file to pack." }),
    output: path({ description: "Archive to write." }),
    level: optional(integer({ minimum: 0, maximum: 9, description: "Compression level (6)." })),
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
    "Zip64 archives are supported, and so are archives with a program before them (self-extracting) or bytes after " +
    "them. " +
    `Encrypted archives, split archives and compression methods other than deflate are UNSUPPORTED.\n\n${REFUSALS}`,
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
