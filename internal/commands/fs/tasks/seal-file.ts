import { createCipheriv, randomBytes } from "node:crypto";
import { open } from "node:fs/promises";
import { XsysError } from "../../../../protocol/errors.ts";
import { replaceFile } from "../../../files/replace-file.ts";
import { blocksOf } from "./blocks.ts";
import { CIPHER, COST, encodeHeader, keyOf, MAX_PLAIN_BYTES, type SealArgs } from "./sealed-file.ts";

/** Task: encrypts a file in place. */
export default async function sealFile(args: SealArgs): Promise<void> {
  await replaceFile(args.path, sealed(args));
}

async function* sealed({ path, secret, machineId, interrupt }: SealArgs): AsyncGenerator<Uint8Array> {
  const file = await open(path);
  try {
    checkSize(path, (await file.stat()).size);
    const header = { bound: machineId !== undefined, ...COST, salt: randomBytes(16), nonce: randomBytes(12) };
    const opening = encodeHeader(header);
    const cipher = createCipheriv(CIPHER, keyOf(secret, machineId, header), header.nonce).setAAD(opening);
    yield opening;
    let bytes = 0;
    for await (const block of blocksOf(file, 0, interrupt)) {
      bytes += block.length;
      checkSize(path, bytes); // the file may be larger than it reports
      yield cipher.update(block);
    }
    cipher.final();
    yield cipher.getAuthTag();
  } finally {
    await file.close();
  }
}

function checkSize(path: string, bytes: number): void {
  if (bytes <= MAX_PLAIN_BYTES) return;
  const message = `encrypting failed on ${path}: ${bytes} bytes exceed the limit of ${MAX_PLAIN_BYTES}`;
  throw new XsysError("TOO_LARGE", message, { details: { path, bytes, limit: MAX_PLAIN_BYTES } });
}
