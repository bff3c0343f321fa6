import { dirname, join } from "node:path";
import { isErrno } from "../base/errno.ts";
import type { ExactPath } from "./walk.ts";

/**
 * Returns an unused name in the same folder, so that a rename stays on one file system. It does not contain the old
 * name, which may have the maximum length. The file must be opened exclusively, so the name need not be unpredictable,
 * and Math.random saves the 6 ms that node:crypto takes to load.
 */
export function tempBeside(path: string): string;
export function tempBeside(path: ExactPath): ExactPath;
export function tempBeside(path: ExactPath): ExactPath {
  const name = `.xsys-${process.pid}-${Math.random().toString(36).slice(2)}.tmp`;
  if (typeof path === "string") return join(dirname(path), name);
  return Buffer.concat([path.subarray(0, path.lastIndexOf("/") + 1), Buffer.from(name)]);
}

/** Returns the id of the process that created a temporary name; undefined for any other name. */
export function writerOf(name: string): number | undefined {
  const [, pid] = /^\.xsys-([1-9]\d{0,8})-[0-9a-z]+\.tmp$/.exec(name) ?? [];
  return pid === undefined ? undefined : Number(pid);
}

/** Changes the path in an operating system error from the temporary path to the requested one. */
export function withRequestedPath(error: unknown, temp: ExactPath, path: ExactPath): unknown {
  if (!isErrno(error)) return error;
  const [from, to] = [temp.toString(), path.toString()];
  if (error.path !== undefined) error.path = error.path.replace(from, () => to);
  if (error.dest !== undefined) error.dest = error.dest.replace(from, () => to);
  if (error.dest === error.path) delete error.dest;
  return error;
}
