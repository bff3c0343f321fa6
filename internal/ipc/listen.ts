import type { Server } from "node:net";

/**
 * Length of the queue of connections that are not yet accepted. With Node's default of 511, 500 clients connecting at
 * once got EAGAIN. Linux limits it to net.core.somaxconn. Each process that listens on a shared socket sets its length.
 */
const BACKLOG = 4_096;

/** Resolves when the server listens; rejects with the system's error. */
export function listen(
  server: Server,
  where: { path: string } | { host: string; port: number } | { fd: number },
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  // For a descriptor, Node ignores `backlog` in the options and takes only the argument, which its types do not list.
  const start = server.listen.bind(server) as unknown as (where: object, backlog: number, done: () => void) => void;
  server.once("error", reject);
  start({ ...where, backlog: BACKLOG }, BACKLOG, () => {
    server.off("error", reject);
    resolve();
  });
  return promise;
}
