/** The path does not lead to a file that may be served. */
export class NoFileError extends Error {
  override readonly name = "NoFileError";
}

/** The file was replaced, or its size has changed, since it was checked. */
export class FileChangedError extends Error {
  override readonly name = "FileChangedError";
}
