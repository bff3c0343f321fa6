import { execFileSync, spawnSync } from "node:child_process";
import { closeSync, fsyncSync, openSync, readFileSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { isOwn } from "./own-folder.ts";
import { type Contents, unpack } from "./unpack.ts";

/**
 * By this text in its file, Node detects an embedded program:
 * https://nodejs.org/api/single-executable-applications.html
 */
const FUSE = ["NODE", "SEA", "FUSE", "fce680ab2cc467b6e072b8b5df1996b2"].join("_"); // joined: the text must not occur here
const CARRIES = Buffer.from(`${FUSE}:1`);
const PROGRAM = process.platform === "win32" ? "node.exe" : "node";

/**
 * The Node in the single executable as a separate program, for workers on machines without Node: `process.execPath`,
 * NODE_OPTIONS and Node's command-line options work as documented. It is a copy of the executable that is marked as
 * having no embedded program. It is written to the user's cache once and takes the same space.
 * @throws DENIED if it cannot be written or run
 */
export function ownNode(): string {
  given = join(unpack(nodeOf(process.execPath)), PROGRAM);
  return given;
}

/** Whether a program is the one that `ownNode` returned. */
export function isOwnNode(program: string): boolean {
  return program === given;
}

let given: string | undefined;

/** The directory is named by size and time of the executable, so that its 118 MiB are not read before every use. */
export function nodeOf(executable: string): Contents {
  const { size, mtimeMs } = statSync(executable);
  return {
    name: `node-${process.versions.node}-${process.arch}-${size.toString(36)}-${Math.trunc(mtimeMs).toString(36)}`,
    isIn(folder) {
      const file = join(folder, PROGRAM);
      if (!isOwn(folder, "folder") || !isOwn(file, "file")) return false;
      return process.platform === "darwin" || statSync(file).size === size; // the signature changes the size
    },
    write: (folder) => writeNode(executable, join(folder, PROGRAM)),
  };
}

function writeNode(executable: string, file: string): void {
  const bytes = readFileSync(executable);
  const place = bytes.indexOf(CARRIES);
  if (place < 0 || bytes.includes(CARRIES, place + 1)) throw new Error(`${executable} does not contain a known Node`);
  bytes.write("0", place + CARRIES.length - 1);
  writeFlushed(file, bytes);
  if (process.platform === "darwin") execFileSync("codesign", ["--sign", "-", "--force", file]);
  refuseUnlessRuns(file);
}

function writeFlushed(file: string, bytes: Buffer): void {
  const descriptor = openSync(file, "wx", 0o700);
  try {
    for (let written = 0; written < bytes.length; ) written += writeSync(descriptor, bytes, written);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** A file system that is mounted with noexec cannot run programs. */
function refuseUnlessRuns(file: string): void {
  const { error, stdout, stderr } = spawnSync(file, ["--version"], { encoding: "utf8", env: {} });
  if (error !== undefined) throw new Error(`${file} cannot be run: ${error.message}`);
  if (stdout.trim() !== process.version) throw new Error(`${file} is not Node: ${stderr.trim() || stdout.trim()}`);
}
