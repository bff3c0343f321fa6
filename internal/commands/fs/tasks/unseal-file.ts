import { createDecipheriv } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { replaceFile } from "../../../files/replace-file.ts";
import { blocksOf } from "./blocks.ts";
import {
  CIPHER,
  decodeHeader,
  HEADER_BYTES,
  keyOf,
  type SealArgs,
  type SealHeader,
  TAG_BYTES,
  unusable,
} from "./sealed-file.ts";

/** Task: decrypts a file in place, once all of it is authenticated. */
export default async function unsealFile(args: SealArgs): Promise<void> {
  await replaceFile(args.path, unsealed(args));
}

async function* unsealed({ path, secret, machineId, interrupt }: SealArgs): AsyncGenerator<Uint8Array> {
  const file = await open(path);
  try {
    const opening = await readAt(file, 0, HEADER_BYTES);
    const header = decodeHeader(opening, path);
    refuseOtherBinding(header, machineId, path);
    const decipher = createDecipheriv(CIPHER, keyOf(secret, machineId, header), header.nonce).setAAD(opening);
    // The tag is the last TAG_BYTES read before the end of the file, because the reported size may be wrong.
    let tag: Buffer = Buffer.alloc(0);
    for await (const block of blocksOf(file, HEADER_BYTES, interrupt)) {
      const bytes = Buffer.concat([tag, block]);
      const end = Math.max(0, bytes.length - TAG_BYTES);
      tag = bytes.subarray(end);
      if (end > 0) yield decipher.update(bytes.subarray(0, end));
    }
    if (tag.length < TAG_BYTES) throw unusable(path, "it is truncated");
    try {
      decipher.setAuthTag(tag).final();
    } catch {
      throw unusable(path, machineId === undefined ? "the secret is wrong or the file is damaged" : WRONG_OR_FOREIGN);
    }
  } finally {
    await file.close();
  }
}

const WRONG_OR_FOREIGN = "the secret is wrong, the file is from another machine, or it is damaged";

function refuseOtherBinding({ bound }: SealHeader, machineId: string | undefined, path: string): void {
  if (bound && machineId === undefined) throw unusable(path, "it is bound to a machine; use fs.hardware-decrypt");
  if (!bound && machineId !== undefined) throw unusable(path, "it is not bound to a machine; use fs.decrypt");
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}
