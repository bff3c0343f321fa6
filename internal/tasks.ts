/**
 * Work that would hold up the event loop, by name: run by a TaskRunner, loaded where it runs. Each module's default
 * export takes one structured-cloneable argument and gives one structured-cloneable answer.
 */
export const tasks = {
  "diff-lines": () => import("./fs/diff-lines.ts"),
  "find-copies": () => import("./fs/find-copies.ts"),
  "hash-file": () => import("./fs/hash-file.ts"),
  "largest-files": () => import("./fs/largest-files.ts"),
  "last-lines": () => import("./fs/last-lines.ts"),
  "list-folder": () => import("./fs/list-folder.ts"),
  "measure-tree": () => import("./fs/measure-tree.ts"),
  "read-whole": () => import("./fs/read-whole.ts"),
  "copy-leaves": () => import("./fs/copy-leaves.ts"),
  "finish-copy": () => import("./fs/finish-copy.ts"),
  "plan-copy": () => import("./fs/plan-copy.ts"),
  "remove-tree": () => import("./fs/remove-tree.ts"),
  "replace-expression": () => import("./fs/replace-expression.ts"),
  "replace-literal": () => import("./fs/replace-literal.ts"),
  "seal-file": () => import("./fs/seal-file.ts"),
  "shred-file": () => import("./fs/shred-file.ts"),
  "split-file": () => import("./fs/split-file.ts"),
  "unseal-file": () => import("./fs/unseal-file.ts"),
  "find-part": () => import("./search/find-part.ts"),
  "grep-part": () => import("./search/grep-part.ts"),
  "modified-part": () => import("./search/modified-part.ts"),
  "plan-renames": () => import("./search/plan-renames.ts"),
  "rename-files": () => import("./search/rename-files.ts"),
};
