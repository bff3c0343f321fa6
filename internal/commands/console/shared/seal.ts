import { createCipheriv, randomBytes } from "node:crypto";
import { XsysError } from "../../../../protocol/errors.ts";
import type { Configuration } from "./configuration.ts";

/** Encrypts a text and returns it in base64. */
export type Seal = (text: string) => string;

const NONCE_BYTES = 12;
const KEY_BYTES = [16, 24, 32];

/** AES-GCM with the key size of the key. The output is nonce, ciphertext and tag. Each text has a new random nonce. */
export function sealFor({ key: given = "", algorithm = "aes-gcm" }: NonNullable<Configuration["encryption"]>): Seal {
  if (!/^aes.*gcm$/i.test(algorithm)) {
    throw new XsysError(
      "UNSUPPORTED",
      `console.update-config: unsupported algorithm "${algorithm}"; only AES-GCM is supported`,
    );
  }
  const key = Buffer.from(given);
  if (!KEY_BYTES.includes(key.length)) {
    throw new XsysError(
      "INVALID_PARAMS",
      `console.update-config: the key has ${key.length} bytes; AES needs one of ${KEY_BYTES.join(", ")}`,
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
