/**
 * Work that would hold up the event loop, by name: run by a TaskRunner, loaded where it runs. Each module's default
 * export takes one structured-cloneable argument and gives one structured-cloneable answer.
 */
export const tasks = {
  "hash-file": () => import("./fs/hash-file.ts"),
};
