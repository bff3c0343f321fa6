import { dirname, join } from "node:path";
import { isErrno } from "../base/errno.ts";
import type { ExactPath } from "./walk.ts";

/**
 * A new name in the same folder, so that a rename stays on the file system. It holds nothing of the old name, which
 * may be as long as a name can be. Whoever takes it must do so exclusively; so its chance need not be a secret, and
 * Math.random spares a start-up the 6 ms of node:crypto.
 */
export function tempBeside(path: string): string;
export function tempBeside(path: ExactPath): ExactPath;
export function tempBeside(path: ExactPath): ExactPath {
  const name = `.xsys-${process.pid}-${Math.random().toString(36).slice(2)}.tmp`;
  if (typeof path === "string") return join(dirname(path), name);
  return Buffer.concat([path.subarray(0, path.lastIndexOf("/") + 1), Buffer.from(name)]);
}

/** The process that such a name is of; undefined for any other name. */
export function leftBy(name: string): number | undefined {
  const [, pid] = /^\.xsys-([1-9]\d{0,8})-[0-9a-z]+\.tmp$/.exec(name) ?? [];
  return pid === undefined ? undefined : Number(pid);
}

/** An operating system's error as being about the path that was asked for, and not about the temporary one. */
export function blaming(error: unknown, temp: ExactPath, path: ExactPath): unknown {
  if (!isErrno(error)) return error;
  const [from, to] = [temp.toString(), path.toString()];
  if (error.path !== undefined) error.path = error.path.replace(from, () => to);
  if (error.dest !== undefined) error.dest = error.dest.replace(from, () => to);
  if (error.dest === error.path) delete error.dest;
  return error;
}
