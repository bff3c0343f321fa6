import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { XsysError } from "../../../protocol/errors.ts";
import type { UploadError, UploadedFile } from "../../../protocol/wire/worker.ts";
import { fromErrno, isErrno } from "../../base/errno.ts";
import type { Answer } from "../exchange/answer.ts";
import type { Exchange } from "../exchange/exchange.ts";
import type { UploadOptions } from "../options.ts";
import { moveFile } from "./move-file.ts";
import { FormRefusal, type IncomingFile, openFormReader } from "./read-form.ts";
import { MAX_BYTES_WITH_ID, safeName } from "./safe-name.ts";
import { openFileStore } from "./store-file.ts";
import { TextFields } from "./text-fields.ts";

/** A form as a worker is given it. */
export interface Form {
  /** Its text fields, as JSON. */
  readonly body: Buffer;
  readonly files: readonly UploadedFile[];
  readonly uploadErrors: readonly UploadError[];
}

/**
 * Reads a `multipart/form-data` body: files to disk, text to JSON. An answer refuses it. It rejects with what the body
 * fails with, or the disk; then, as with a refusal, nothing of it stays on disk.
 */
export type Uploads = (exchange: Exchange, body: Readable) => Promise<Form | Answer>;

/**
 * Files that are too large, or of a type that is not allowed, are left out and told of; too many leave out all of them.
 * With temporary files, they get to the upload folder when the whole form is there.
 */
export async function createUploads(options: UploadOptions): Promise<Uploads> {
  const [readForm, storeFile] = await Promise.all([openFormReader(), openFileStore(options)]);
  return async (exchange, body) => {
    const fields = new TextFields();
    const files: UploadedFile[] = [];
    const uploadErrors: UploadError[] = [];
    let count = 0;
    let surplus: IncomingFile | undefined;
    const takeFile = async (file: IncomingFile) => {
      if (options.maxFiles > 0 && ++count > options.maxFiles) {
        surplus ??= file;
        file.stream.resume();
        return;
      }
      const stored = await storeFile(file, folderOf(options, file.fieldname));
      if ("path" in stored) files.push(stored);
      else uploadErrors.push(stored);
    };
    try {
      await readForm(exchange, body, { field: (name, value) => fields.add(name, value), file: takeFile });
      if (surplus !== undefined) {
        await removeFiles(files);
        return { body: fields.json(), files: [], uploadErrors: [tooMany(options.maxFiles, surplus)] };
      }
      if (options.useTempFiles) await moveAll(files, options);
      if (exchange.ended) throw new XsysError("CANCELLED", "storing an upload was given up: its client has gone");
      return { body: fields.json(), files, uploadErrors };
    } catch (error) {
      await removeFiles(files);
      if (error instanceof FormRefusal) return error.answer;
      throw isErrno(error) ? fromErrno(error, "storing an upload") : error;
    }
  };
}

/** For a form that gets to no worker after all. */
export async function removeFiles(files: readonly UploadedFile[]): Promise<void> {
  await Promise.all(files.map(({ path }) => rm(path, { force: true }).catch(() => {}))); // its folder may be gone, too
}

function folderOf({ useTempFiles, tempFolder, ...options }: UploadOptions, field: string): string {
  return useTempFiles ? tempFolder : finalFolder(options, field);
}

function finalFolder({ folder, useSubfolder }: Pick<UploadOptions, "folder" | "useSubfolder">, field: string): string {
  return useSubfolder ? join(folder, safeName(field)) : folder;
}

async function moveAll(files: UploadedFile[], options: UploadOptions): Promise<void> {
  for (const [index, file] of files.entries()) {
    const destination = finalFolder(options, file.fieldname);
    const filename = await moveFile(file.path, destination, safeName(file.originalname, MAX_BYTES_WITH_ID));
    files[index] = { ...file, destination, filename, path: join(destination, filename) };
  }
}

/**
 * XyPriss's workers would take "exceeds limit" for a file that is too large. What expects the files of one field looks at
 * that field's errors alone, so it is told as that of the first file that was too many.
 */
function tooMany(maxFiles: number, { fieldname, originalname: filename }: IncomingFile): UploadError {
  return { fieldname, filename, message: `Too many files: at most ${maxFiles} are taken`, type: "LIMIT_FILE_COUNT" };
}
