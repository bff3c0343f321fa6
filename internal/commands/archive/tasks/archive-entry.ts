/** An entry of an archive, of whatever format, as it is found there. */
export interface ArchiveEntry {
  readonly name: string;
  readonly kind: "file" | "folder" | "link" | "hard-link";
  /** Bytes of contents, as the archive tells. */
  readonly size: number;
  /** Permission bits, where the archive has them. */
  readonly mode: number | undefined;
  readonly modified: Date | undefined;
  /** What a link or a hard link leads to. */
  readonly target: string | undefined;
}

/** Takes the contents of a file as an archive has them. */
export interface ContentSink {
  write(bytes: Uint8Array): void;
  end(): void;
}

/** Takes the contents of a file. */
export interface Sink extends ContentSink {
  /** Zeros that need no room on disk. */
  hole(bytes: number): void;
}

/** Called for each entry in turn; gives a sink for the contents it wants. */
export type Visit = (entry: ArchiveEntry) => Sink | undefined;

/** Goes through an archive's entries once. */
export type ReadArchive = (visit: Visit) => Promise<void>;

export interface Limits {
  readonly maxEntries: number;
  readonly maxBytes: number;
}

/** What an unpacking task is told. */
export interface UnpackArgs extends Limits {
  readonly archive: string;
  readonly dest: string;
  readonly interrupt: Int32Array;
}

export interface Unpacked {
  readonly entries: number;
  readonly bytes: number;
}
