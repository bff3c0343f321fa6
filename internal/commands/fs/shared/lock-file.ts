import { constants } from "node:fs";
import { open } from "node:fs/promises";
import type { lock } from "../../../../protocol/commands/fs-guard.ts";
import type { ResultOf } from "../../../../protocol/contract/command.ts";
import type { Host } from "../../../base/context.ts";
import { throughLinks } from "../../../files/through-links.ts";

export type Holder = ResultOf<typeof lock>["holder"];

/**
 * Path of the lock file, which is created beside the locked path. For a symbolic link it is beside the link's target,
 * so that callers using the link and callers using the target share one lock. For the root of a confined service the
 * lock file would be outside the root, so it is DENIED.
 */
export async function lockFileOf(path: string, { resolvePath }: Host): Promise<string> {
  return resolvePath(`${await throughLinks(path)}.lock`, "entry");
}

const MAX_BYTES = 4_096; // lock files written by xsys have about 120
const { O_NOFOLLOW = 0, O_NONBLOCK = 0, O_RDONLY } = constants;

/**
 * Reads the holder of a lock from its file. Undefined when the lock was just released. Lock files of other programs
 * (such as a bare process id) and damaged ones count as held too, by an unknown holder, since the file's modification
 * time.
 */
export async function readHolder(file: string): Promise<Holder | undefined> {
  try {
    const handle = await open(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    try {
      const { mtimeMs } = await handle.stat();
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(MAX_BYTES), 0, MAX_BYTES, 0);
      return parseHolder(buffer.toString("utf8", 0, bytesRead), Math.floor(mtimeMs / 1000));
    } finally {
      await handle.close();
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    return parseHolder("", 0); // a folder, a symbolic link or an unreadable file also counts as held
  }
}

function parseHolder(text: string, written: number): Holder {
  const { pid, host, user, since, owner } = fieldsOf(text);
  return {
    pid: Number.isSafeInteger(pid) ? (pid as number) : 0,
    host: typeof host === "string" ? host : "",
    user: typeof user === "string" ? user : "",
    since: Number.isSafeInteger(since) ? (since as number) : written,
    ...(typeof owner === "string" && { owner }),
  };
}

function fieldsOf(text: string): Partial<Record<keyof Holder, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "number") return { pid: value };
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}
