import { scryptSync } from "node:crypto";
import { XsysError } from "../../../../protocol/errors.ts";

/**
 * Format of a sealed (encrypted) file, version 1:
 *
 *     magic "XSYSENC1" · flags u8 · log2 N u8 · r u8 · p u8 · salt 16 · nonce 12 · AES-256-GCM ciphertext · tag 16
 *
 * Flag 1 means that the machine id is part of the secret. The key is derived with scrypt (RFC 7914) from the secret,
 * followed by NUL and the machine id when bound, using the salt, N, r and p of the header. The 40 bytes before the
 * ciphertext are authenticated with it, so that a change to any of them is detected.
 */
export interface SealHeader {
  readonly bound: boolean;
  readonly logN: number;
  readonly r: number;
  readonly p: number;
  readonly salt: Uint8Array;
  readonly nonce: Uint8Array;
}

export const CIPHER = "aes-256-gcm";
export const HEADER_BYTES = 40;
export const TAG_BYTES = 16;
/** One key and nonce may encrypt at most 2^39 - 256 bits (NIST SP 800-38D, 5.2.1.1). */
export const MAX_PLAIN_BYTES = 2 ** 36 - 32;
/** Uses 32 MiB and about 0.1 s. */
export const COST = { logN: 15, r: 8, p: 1 } as const;

export interface SealArgs {
  readonly path: string;
  readonly secret: string;
  /** Binds the file to this machine. */
  readonly machineId?: string | undefined;
  readonly interrupt: Int32Array;
}

export function encodeHeader({ bound, logN, r, p, salt, nonce }: SealHeader): Buffer {
  return Buffer.concat([MAGIC, Buffer.of(bound ? BOUND : 0, logN, r, p), salt, nonce]);
}

export function decodeHeader(header: Buffer, path: string): SealHeader {
  if (!header.subarray(0, MAGIC.length).equals(MAGIC)) throw unusable(path, "it was not made by fs.encrypt");
  if (header.length < HEADER_BYTES) throw unusable(path, "it is truncated");
  const [flags = 0, logN = 0, r = 0, p = 0] = header.subarray(MAGIC.length);
  if (flags > BOUND || !inRange(logN, MAX_COST.logN) || !inRange(r, MAX_COST.r) || !inRange(p, MAX_COST.p)) {
    throw unusable(path, "its header is damaged");
  }
  return { bound: flags === BOUND, logN, r, p, salt: header.subarray(12, 28), nonce: header.subarray(28, 40) };
}

export function keyOf(secret: string, machineId: string | undefined, { logN, r, p, salt }: SealHeader): Buffer {
  const whole = machineId === undefined ? secret : `${secret}\0${machineId}`;
  const N = 2 ** logN;
  return scryptSync(whole, salt, 32, { N, r, p, maxmem: 128 * r * (N + p + 2) });
}

export function unusable(path: string, why: string): XsysError {
  return new XsysError("INVALID_DATA", `decrypting failed on ${path}: ${why}`, { details: { path } });
}

const MAGIC = Buffer.from("XSYSENC1");
const BOUND = 1;
/**
 * The header cannot be authenticated before the key is derived, so its cost is limited to 128 MiB and one or two
 * seconds.
 */
const MAX_COST = { logN: 17, r: 8, p: 4 } as const;

function inRange(value: number, max: number): boolean {
  return value >= 1 && value <= max;
}
