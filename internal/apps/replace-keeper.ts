import { XsysError } from "../../protocol/errors.ts";
import { KeeperClient } from "./keeper-client.ts";

/**
 * Asks the keeper that listens on a socket, if there is one, to end without its apps. Resolves when it has ended.
 * @throws BUSY naming the pid of a daemon: whoever started it would start it again
 */
export async function replaceKeeper(socket: string): Promise<void> {
  const keeper = await KeeperClient.connect(socket);
  if (keeper === undefined) return;
  try {
    const { pid, isDaemon } = await keeper.call("keeper.status", {});
    if (isDaemon) {
      throw new XsysError("BUSY", `xsys daemon already runs, pid ${pid}, and keeps the apps`, { details: { pid } });
    }
    await leave(keeper);
  } catch (error) {
    if (!keeper.isClosed) throw error; // otherwise it has ended
  } finally {
    keeper.close();
  }
}

/** Ends a keeper without its apps. Its changes in progress are completed. */
export async function leave(keeper: KeeperClient): Promise<void> {
  // The connection ends with the keeper. Only a refusal is answered.
  const refused = keeper.call("keeper.leave", {});
  await Promise.race([keeper.closed, refused]).catch((error: unknown) => {
    if (!keeper.isClosed) throw error;
  });
  await keeper.closed;
}
