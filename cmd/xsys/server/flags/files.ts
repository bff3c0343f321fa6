import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { StaticOptions, UploadOptions } from "../../../../internal/gateway/options.ts";
import type { Values } from "../../flags/flag.ts";
import { withoutEffect } from "../../flags/flag.ts";
import { count, flag, secondsOrText, size } from "../../flags/kinds.ts";
import { list, oneOf, optionalPath, text } from "../../flags/texts.ts";

/** Names of the flags that were given. */
export type Given = Pick<ReadonlySet<string>, "has">;

/** Any one of these flags enables the storage of uploaded files. */
export const UPLOADS = {
  "upload-dir": {
    ...text("Directory for uploaded files. Workers get the paths of the files.", "uploads"),
    takes: "path",
  },
  "upload-temp-dir": optionalPath("Directory for incomplete uploads.", "xsys-uploads in the temporary directory"),
  "upload-use-temp-files": flag(
    "Write uploaded files to --upload-temp-dir, and move them to --upload-dir when the form is complete.",
  ),
  "upload-max-file-size": size({ summary: "Maximum size of a file; 0 for no limit.", byDefault: 0, most: 2 ** 50 }),
  "upload-max-files": count({ summary: "Maximum number of files per request; 0 for no limit.", byDefault: 0 }),
  "upload-allowed-mimes": list("Comma-separated media types to accept; by default all."),
  "upload-use-subdir": flag("Store the files of each form field in a subdirectory."),
};

export const STATICS = {
  "static-concurrency": count({ summary: "Maximum number of files read at once.", byDefault: 1024, least: 1 }),
  "static-lru-size": count({ summary: "Maximum number of small files cached in memory; 0 for none.", byDefault: 5000 }),
  "static-dotfiles": oneOf(
    "How to answer requests for files whose name begins with a dot: allow sends the file, deny answers with 403, " +
      "ignore with 404.",
    ["allow", "deny", "ignore"],
    "deny",
  ),
  "static-max-age": secondsOrText("The max-age in the Cache-Control header of files."),
  "static-zero-copy": withoutEffect(flag("Send files without copying them.", true)),
};

/** XyPriss has no flag that enables uploads: it sends some of these flags when they are enabled. */
export function uploadOptions(values: Values<typeof UPLOADS>, given: Given): UploadOptions | undefined {
  if (!Object.keys(UPLOADS).some((name) => given.has(name))) return undefined;
  return {
    folder: resolve(values["upload-dir"]),
    tempFolder: resolve(values["upload-temp-dir"] ?? join(tmpdir(), "xsys-uploads")),
    useTempFiles: values["upload-use-temp-files"],
    maxFileSize: values["upload-max-file-size"],
    maxFiles: values["upload-max-files"],
    allowedTypes: values["upload-allowed-mimes"],
    useSubfolder: values["upload-use-subdir"],
  };
}

export function staticOptions(values: Values<typeof STATICS>): StaticOptions {
  const maxAge = values["static-max-age"];
  return {
    concurrency: values["static-concurrency"],
    cacheEntries: values["static-lru-size"],
    dotfiles: values["static-dotfiles"],
    ...(maxAge !== undefined && { maxAge }),
  };
}
