import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { StaticOptions, UploadOptions } from "../../../../internal/gateway/options.ts";
import type { Values } from "../../flags/flag.ts";
import { withoutEffect } from "../../flags/flag.ts";
import { count, flag, secondsOrText, size } from "../../flags/kinds.ts";
import { list, oneOf, optionalPath, text } from "../../flags/texts.ts";

/** Names of the flags that were given. */
export type Given = Pick<ReadonlySet<string>, "has">;

/** One of them is enough to have the files of forms stored. */
export const UPLOADS = {
  "upload-dir": text(
    "Folder for the files of forms, whose paths workers are given; any flag of these switches that on.",
    "uploads",
  ),
  "upload-temp-dir": optionalPath("Folder of files that are still coming.", "a folder of the temporary one"),
  "upload-use-temp-files": flag("Files come there first, and get their own names when they are whole."),
  "upload-max-file-size": size({ summary: "Largest file; 0 for any.", byDefault: 0, most: 2 ** 50 }),
  "upload-max-files": count({ summary: "Files of a request; 0 for any number.", byDefault: 0 }),
  "upload-allowed-mimes": list("Media types that are stored; none for all."),
  "upload-use-subdir": flag("A folder for each field of the form."),
};

export const STATICS = {
  "static-concurrency": count({ summary: "Files read at once.", byDefault: 1024, least: 1 }),
  "static-lru-size": count({ summary: "Small files held in memory; 0 for none.", byDefault: 5000 }),
  "static-dotfiles": oneOf(
    "Names with a dot in front: allow, deny (403), ignore (404).",
    ["allow", "deny", "ignore"],
    "deny",
  ),
  "static-max-age": secondsOrText("Cache-Control: max-age of files."),
  "static-zero-copy": withoutEffect(flag("Send files without copying them.", true)),
};

/** XyPriss has no flag that switches uploads on: it sends some of these when they are. */
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
