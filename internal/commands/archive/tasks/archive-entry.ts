/** An entry of an archive of any format, unvalidated. */
export interface ArchiveEntry {
  readonly name: string;
  readonly kind: "file" | "folder" | "link" | "hard-link";
  /** Size of the contents in bytes, as stated by the archive. */
  readonly size: number;
  /** Permission bits, if the archive has them. */
  readonly mode: number | undefined;
  readonly modified: Date | undefined;
  /** Target of a symbolic or hard link. */
  readonly target: string | undefined;
}

/** Receives the contents of a file as stored in an archive. */
export interface ContentSink {
  write(bytes: Uint8Array): void;
  end(): void;
}

/** Receives the contents of a file. */
export interface Sink extends ContentSink {
  /** Zeros that are not allocated on disk. */
  hole(bytes: number): void;
}

/** Called for each entry in turn. Returns a sink if the contents are needed. */
export type Visit = (entry: ArchiveEntry) => Sink | undefined;

/** Reads an archive's entries once. */
export type ReadArchive = (visit: Visit) => Promise<void>;

export interface Limits {
  readonly maxEntries: number;
  readonly maxBytes: number;
}

/** Arguments of an unpacking task. */
export interface UnpackArgs extends Limits {
  readonly archive: string;
  readonly dest: string;
  readonly interrupt: Int32Array;
}

export interface Unpacked {
  readonly entries: number;
  readonly bytes: number;
}
