import { createCipheriv, randomBytes } from "node:crypto";
import { XsysError } from "../../../../protocol/errors.ts";
import type { Configuration } from "./configuration.ts";

/** Encrypts a text. */
export type Seal = (text: string) => string;

const NONCE_BYTES = 12;
const KEY_BYTES = [16, 24, 32];

/** AES-GCM by the length of the key: base64 of nonce, ciphertext and tag, each text with a nonce of its own. */
export function sealFor({ key: given = "", algorithm = "aes-gcm" }: NonNullable<Configuration["encryption"]>): Seal {
  if (!/^aes.*gcm$/i.test(algorithm)) {
    throw new XsysError("UNSUPPORTED", `console.update-config: there is AES-GCM, and no "${algorithm}"`);
  }
  const key = Buffer.from(given);
  if (!KEY_BYTES.includes(key.length)) {
    throw new XsysError(
      "INVALID_PARAMS",
      `console.update-config: the key has ${key.length} bytes, and AES takes ${KEY_BYTES.join(", ")}`,
    );
  }
  const name = `aes-${key.length * 8}-gcm` as "aes-256-gcm";
  return (text) => {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(name, key, nonce);
    const sealed = [nonce, cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()];
    return Buffer.concat(sealed).toString("base64");
  };
}
