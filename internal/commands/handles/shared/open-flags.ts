import { constants } from "node:fs";
import { OPEN_FLAGS } from "../../../../protocol/commands/fs-handle.ts";
import type { HandlerParams } from "../../../../protocol/commands/index.ts";
import { XsysError } from "../../../../protocol/errors.ts";

/** Access that a file is opened for, and the flags for open() on this platform. */
export interface OpenFlags {
  readonly reads: boolean;
  readonly writes: boolean;
  readonly appends: boolean;
  readonly native: number;
}

/** The O_* flags of Linux on x86-64, from asm-generic/fcntl.h, and this platform's values. Undefined: not supported. */
const BITS: readonly (readonly [linux: number, native: number | undefined])[] = [
  [0o100, constants.O_CREAT],
  [0o200, constants.O_EXCL],
  [0o1000, constants.O_TRUNC],
  [0o2000, constants.O_APPEND],
  [0o400000, constants.O_NOFOLLOW],
  [0o4010000, constants.O_SYNC],
  [0o10000, constants.O_DSYNC ?? constants.O_SYNC],
];
/** O_NOCTTY, O_NONBLOCK, O_CLOEXEC: set for every file. */
const ALWAYS_LINUX = 0o400 | 0o4000 | 0o2000000;
const ALWAYS = (constants.O_NOCTTY ?? 0) | (constants.O_NONBLOCK ?? 0);
const ACCESS = 3;

/** @throws INVALID_PARAMS for unknown bits, UNSUPPORTED for bits that this platform does not have. */
export function openFlags(given: HandlerParams<"fs.open">["flags"]): OpenFlags {
  const flags = typeof given === "number" ? given : OPEN_FLAGS[given];
  const access = flags & ACCESS;
  if (access === ACCESS) throw refused("INVALID_PARAMS", flags, "the access mode is 0, 1 or 2");
  let native = [constants.O_RDONLY, constants.O_WRONLY, constants.O_RDWR][access] ?? 0;
  let rest = flags & ~ACCESS & ~ALWAYS_LINUX;
  for (const [linux, bit] of BITS) {
    if ((rest & linux) !== linux) continue;
    if (bit === undefined) throw refused("UNSUPPORTED", flags, `this platform does not support 0o${linux.toString(8)}`);
    native |= bit;
    rest &= ~linux;
  }
  if (rest !== 0) throw refused("INVALID_PARAMS", flags, `unknown bits 0o${rest.toString(8)}`);
  return { reads: access !== 1, writes: access !== 0, appends: (flags & 0o2000) !== 0, native: native | ALWAYS };
}

function refused(code: "INVALID_PARAMS" | "UNSUPPORTED", flags: number, why: string): XsysError {
  return new XsysError(code, `fs.open: flags 0o${flags.toString(8)} cannot be used: ${why}`, { details: { flags } });
}
