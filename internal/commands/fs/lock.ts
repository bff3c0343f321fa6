import { link, rm, writeFile } from "node:fs/promises";
import { hostname, userInfo } from "node:os";
import { dirname } from "node:path";
import { lock } from "../../../protocol/commands/fs-guard.ts";
import { XsysError } from "../../../protocol/errors.ts";
import { handle } from "../../base/handler.ts";
import { makeFolder } from "../../files/make-folder.ts";
import { tempBeside, withRequestedPath } from "../../files/temp-path.ts";
import { type Holder, lockFileOf, readHolder } from "./shared/lock-file.ts";

const MAX_TRIES = 100;

export default handle(lock, async ({ path, owner }, { host, callerPid = process.pid }) => {
  const file = await lockFileOf(path, host);
  const self: Holder = {
    pid: callerPid,
    host: hostname(),
    user: userName(),
    since: Math.floor(Date.now() / 1000),
    ...(owner !== undefined && { owner }),
  };
  makeFolder(dirname(file));
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    if (await take(file, self)) return { locked: true, holder: self };
    const holder = await readHolder(file);
    if (holder !== undefined) return { locked: false, holder };
  }
  throw new XsysError("BUSY", `fs.lock failed on ${path}: other callers keep taking and releasing the lock`, {
    details: { path },
  });
});

/**
 * Returns false when the lock is held. The file is written under a temporary name first, so that a reader never sees a
 * partial one.
 */
async function take(file: string, self: Holder): Promise<boolean> {
  const temp = tempBeside(file);
  const text = JSON.stringify(self);
  try {
    await writeFile(temp, text, { flag: "wx" });
    await link(temp, file).catch((error: NodeJS.ErrnoException) => {
      if (!NO_LINKS.has(error.code)) throw error;
      return writeFile(file, text, { flag: "wx" });
    });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw withRequestedPath(error, temp, file);
  } finally {
    await rm(temp, { force: true });
  }
}

/** Error codes of file systems without hard links, such as FAT. */
const NO_LINKS = new Set<string | undefined>(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"]);

/** The user name, or the numeric id when the system has no name for it, as in some containers. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? "");
  }
}
