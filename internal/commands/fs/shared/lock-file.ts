import { constants } from "node:fs";
import { open } from "node:fs/promises";
import type { lock } from "../../../../protocol/commands/fs-guard.ts";
import type { ResultOf } from "../../../../protocol/contract/command.ts";
import type { Host } from "../../../base/context.ts";
import { throughLinks } from "../../../files/through-links.ts";

export type Holder = ResultOf<typeof lock>["holder"];

/**
 * The file that stands for a lock, which lies beside what is locked: of a confined root that is outside, and DENIED. Of a
 * link it lies beside what the link leads to, so that all who go by a link and who do not meet at one lock.
 */
export async function lockFileOf(path: string, { resolvePath }: Host): Promise<string> {
  return resolvePath(`${await throughLinks(path)}.lock`, "entry");
}

const MAX_BYTES = 4_096; // ours have about 120
const { O_NOFOLLOW = 0, O_NONBLOCK = 0, O_RDONLY } = constants;

/**
 * Who holds a lock, as far as its file tells; undefined when it has just been given back. Files of other programs,
 * such as a bare process id, and damaged ones count as held too: by nobody known, since the file was written.
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
    return parseHolder("", 0); // a folder, a link, a file that may not be read: held all the same
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
