import { randomUUID } from "node:crypto";
import { type FileHandle, open, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { UploadError, UploadedFile } from "../../../protocol/wire/worker.ts";
import { makeFolder } from "../../files/make-folder.ts";
import type { UploadOptions } from "../options.ts";
import { openTypeSniffer, SNIFFED_BYTES, typeMatcher } from "./file-types.ts";
import type { IncomingFile } from "./read-form.ts";
import { MAX_BYTES_WITH_ID, safeName } from "./safe-name.ts";

type Chunks = AsyncIterator<Buffer, undefined>;

/**
 * Loads the detector of file types. Returns a function that writes a file as `up-<uuid>-<name>` to a folder, which is
 * created if missing. A refused file is read to its end and not stored.
 */
export async function openFileStore({ maxFileSize, allowedTypes, useTempFiles }: UploadOptions) {
  const typeOf = await openTypeSniffer();
  const isAllowed = typeMatcher(allowedTypes);
  const folderMode = useTempFiles ? 0o700 : 0o755;
  return async (file: IncomingFile, folder: string): Promise<UploadedFile | UploadError> => {
    const { fieldname, originalname, encoding, declaredType } = file;
    const chunks = file.stream[Symbol.asyncIterator]() as Chunks;
    const head = await readHead(chunks);
    const mimetype = await typeOf(head, declaredType);
    if (!isAllowed(mimetype)) {
      await drain(chunks);
      const message = `The file type ${mimetype} is not allowed`;
      return { fieldname, filename: originalname, message, type: "INVALID_MIME_TYPE" };
    }
    const filename = `up-${randomUUID()}-${safeName(originalname, MAX_BYTES_WITH_ID)}`;
    const path = join(folder, filename);
    const size = await write(path, folderMode, head, chunks, maxFileSize || Number.POSITIVE_INFINITY);
    if (size !== undefined)
      return { fieldname, originalname, encoding, mimetype, destination: folder, filename, path, size };
    await drain(chunks);
    const message = `The file's size exceeds limit of ${maxFileSize} bytes`;
    return { fieldname, filename: originalname, message, type: "LIMIT_FILE_SIZE" };
  };
}

/** Reads enough bytes to detect the type, or the whole file. */
async function readHead(chunks: Chunks): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  while (size < SNIFFED_BYTES) {
    const { value } = await chunks.next();
    if (value === undefined) break;
    parts.push(value);
    size += value.length;
  }
  return Buffer.concat(parts);
}

/** Returns the number of bytes written; undefined if the file exceeds `maxSize`. An incomplete file is removed. */
async function write(path: string, folderMode: number, head: Buffer, chunks: Chunks, maxSize: number) {
  const file = await openNew(path, folderMode);
  let size = 0;
  let isWhole = false;
  try {
    for (let chunk: Buffer | undefined = head; chunk !== undefined; chunk = (await chunks.next()).value) {
      size += chunk.length;
      if (size > maxSize) return undefined;
      await file.writeFile(chunk);
    }
    isWhole = true;
    return size;
  } finally {
    await file.close();
    if (!isWhole) await rm(path, { force: true });
  }
}

async function openNew(path: string, folderMode: number): Promise<FileHandle> {
  try {
    return await open(path, "wx", 0o644);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    makeFolder(dirname(path), folderMode);
    return open(path, "wx", 0o644);
  }
}

async function drain(chunks: Chunks): Promise<void> {
  while ((await chunks.next()).value !== undefined);
}
