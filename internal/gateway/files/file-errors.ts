/** What was asked for is none of our files. */
export class NoFileError extends Error {
  override readonly name = "NoFileError";
}

/** It is another one, or has another length, than when it was looked at. */
export class FileChangedError extends Error {
  override readonly name = "FileChangedError";
}
