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

/** A form as it is sent to a worker. */
export interface Form {
  /** The text fields as JSON. */
  readonly body: Buffer;
  readonly files: readonly UploadedFile[];
  readonly uploadErrors: readonly UploadError[];
}

/**
 * Reads a `multipart/form-data` body: stores files on disk, and returns text fields as JSON. An answer refuses the
 * form. Rejects with the error of the body or the disk. After a refusal or an error, no file stays on disk.
 */
export type Uploads = (exchange: Exchange, body: Readable) => Promise<Form | Answer>;

/**
 * A file that is too large, or of a type that is not allowed, is skipped and reported as an error; with too many files,
 * all are skipped. With `useTempFiles`, files are moved to the upload folder when the form is complete.
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
      if (exchange.ended) throw new XsysError("CANCELLED", "storing an upload was cancelled: the client disconnected");
      return { body: fields.json(), files, uploadErrors };
    } catch (error) {
      await removeFiles(files);
      if (error instanceof FormRefusal) return error.answer;
      throw isErrno(error) ? fromErrno(error, "storing an upload") : error;
    }
  };
}

/** Removes the files of a form that is not sent to a worker. */
export async function removeFiles(files: readonly UploadedFile[]): Promise<void> {
  await Promise.all(files.map(({ path }) => rm(path, { force: true }).catch(() => {}))); // the folder may be missing, too
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
 * The message must not contain "exceeds limit", which XyPriss's workers interpret as a file that is too large. They
 * check only the errors of the field they expect, so the error names the field of the first surplus file.
 */
function tooMany(maxFiles: number, { fieldname, originalname: filename }: IncomingFile): UploadError {
  return { fieldname, filename, message: `Too many files: at most ${maxFiles} are taken`, type: "LIMIT_FILE_COUNT" };
}
