import { type ErrorCode, XsysError } from "../../../../protocol/errors.ts";
import { tooLarge } from "../shared/streams.ts";
import type { ArchiveEntry, Limits, Unpacked } from "./archive-entry.ts";

export type Kind = "file" | "folder" | "link";

/** Maximum length of an entry's path in bytes: PATH_MAX of Linux. Files with longer paths cannot be created. */
const MAX_PATH = 4_096;

const SEPARATORS = process.platform === "win32" ? /[/\\]/ : /\//;

/**
 * The files that an archive will create. Each entry is checked before anything is written. An entry is refused when it
 * would be placed outside the destination, contradicts an earlier entry or exceeds a limit.
 */
export class Layout {
  readonly #command: string;
  readonly #archive: string;
  readonly #limits: Limits;
  readonly #kinds = new Map<string, Kind>();
  #entries = 0;
  #bytes = 0;

  constructor(command: string, archive: string, limits: Limits) {
    this.#command = command;
    this.#archive = archive;
    this.#limits = limits;
  }

  get tally(): Unpacked {
    return { entries: this.#entries, bytes: this.#bytes };
  }

  /** Everything that will be created, by path with slashes. Folders come before their contents. */
  get kinds(): ReadonlyMap<string, Kind> {
    return this.#kinds;
  }

  /** Returns the path with slashes, or "" for the archive's own root. */
  admit({ name, kind, size, target = "" }: ArchiveEntry): string {
    const { maxEntries, maxBytes } = this.#limits;
    this.#entries += 1;
    if (this.#entries > maxEntries) throw this.#refusal("TOO_LARGE", name, `there are more than ${maxEntries} entries`);
    if (kind === "file") this.#bytes += size;
    if (this.#bytes > maxBytes) throw tooLarge(this.#command, this.#archive, maxBytes);
    const segments = this.#segments(name, name);
    if (kind === "hard-link") this.admitTarget(name, target);
    this.#place(segments, kind === "hard-link" ? "file" : kind, name);
    return segments.join("/");
  }

  /** Returns the path of the file that a hard link refers to. */
  admitTarget(name: string, target: string): string {
    const path = this.#segments(target, name).join("/");
    if (this.#kinds.get(path) === "file") return path;
    throw this.#refusal("DENIED", name, `it is a hard link to "${target}", which is not a file of the archive`);
  }

  #segments(path: string, name: string): string[] {
    if (Buffer.byteLength(path) > MAX_PATH) {
      throw this.#refusal("TOO_LARGE", `${name.slice(0, 64)} …`, `its path is longer than ${MAX_PATH} bytes`);
    }
    if (path.includes("\0")) throw this.#refusal("INVALID_DATA", name, "its name contains a NUL character");
    if (path.includes("\uFFFD")) throw this.#refusal("UNSUPPORTED", name, "its name is not valid UTF-8");
    const segments = path.split(SEPARATORS);
    if (segments[0] === "" || (process.platform === "win32" && path.includes(":"))) {
      throw this.#refusal("DENIED", name, `"${path}" is absolute`);
    }
    if (segments.includes("..")) throw this.#refusal("DENIED", name, `"${path}" is outside the destination`);
    return segments.filter((segment) => segment !== "" && segment !== ".");
  }

  #place(segments: readonly string[], kind: Kind, name: string): void {
    if (segments.length === 0) {
      if (kind !== "folder") throw this.#refusal("INVALID_DATA", name, "it has no name");
      return;
    }
    const path = segments.join("/");
    this.#placeFoldersOf(path, name);
    if (kind === "folder") this.#placeFolder(path, name);
    else if (this.#kinds.get(path) !== "folder") this.#kinds.set(path, kind);
    else throw this.#refusal("INVALID_DATA", name, "it would replace a folder of the archive");
  }

  /**
   * Adds the parent folders of a path, the outermost first. If its folder is already known, so are the parents of that.
   */
  #placeFoldersOf(path: string, name: string): void {
    if (this.#kinds.get(path.slice(0, Math.max(0, path.lastIndexOf("/")))) === "folder") return;
    for (let end = path.indexOf("/"); end > 0; end = path.indexOf("/", end + 1))
      this.#placeFolder(path.slice(0, end), name);
  }

  #placeFolder(path: string, name: string): void {
    const { maxEntries } = this.#limits;
    if (this.#kinds.size > maxEntries + MAX_PATH) {
      throw this.#refusal("TOO_LARGE", name, `with implied folders there are more than ${maxEntries} entries`);
    }
    const there = this.#kinds.get(path);
    if (there === "link") throw this.#refusal("DENIED", name, `"${path}" is a symbolic link`);
    if (there === "file") throw this.#refusal("INVALID_DATA", name, `"${path}" is a file`);
    this.#kinds.set(path, "folder");
  }

  #refusal(code: ErrorCode, name: string, why: string): XsysError {
    return new XsysError(code, `${this.#command} failed on ${this.#archive}: entry "${name}": ${why}`, {
      details: { path: this.#archive, entry: name },
    });
  }
}
