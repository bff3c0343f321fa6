/**
 * Tasks by name: work that would block the event loop. A TaskRunner loads and runs them. Each module's default export
 * takes one structured-cloneable argument and returns one structured-cloneable result.
 */
export const tasks = {
  "diff-lines": () => import("../commands/fs/tasks/diff-lines.ts"),
  "find-copies": () => import("../commands/fs/tasks/find-copies.ts"),
  "hash-file": () => import("../commands/fs/tasks/hash-file.ts"),
  "largest-files": () => import("../commands/fs/tasks/largest-files.ts"),
  "last-lines": () => import("../commands/fs/tasks/last-lines.ts"),
  "list-folder": () => import("../commands/fs/tasks/list-folder.ts"),
  "measure-tree": () => import("../commands/fs/tasks/measure-tree.ts"),
  "read-whole": () => import("../commands/fs/tasks/read-whole.ts"),
  "copy-leaves": () => import("../commands/fs/tasks/copy-leaves.ts"),
  "finish-copy": () => import("../commands/fs/tasks/finish-copy.ts"),
  "plan-copy": () => import("../commands/fs/tasks/plan-copy.ts"),
  "remove-tree": () => import("../commands/fs/tasks/remove-tree.ts"),
  "replace-expression": () => import("../commands/fs/tasks/replace-expression.ts"),
  "same-sizes": () => import("../commands/fs/tasks/same-sizes.ts"),
  "replace-literal": () => import("../commands/fs/tasks/replace-literal.ts"),
  "seal-file": () => import("../commands/fs/tasks/seal-file.ts"),
  "shred-file": () => import("../commands/fs/tasks/shred-file.ts"),
  "split-file": () => import("../commands/fs/tasks/split-file.ts"),
  "unseal-file": () => import("../commands/fs/tasks/unseal-file.ts"),
  "find-part": () => import("../commands/search/tasks/find-part.ts"),
  "grep-part": () => import("../commands/search/tasks/grep-part.ts"),
  "modified-part": () => import("../commands/search/tasks/modified-part.ts"),
  "plan-renames": () => import("../commands/search/tasks/plan-renames.ts"),
  "rename-files": () => import("../commands/search/tasks/rename-files.ts"),
  "diff-texts": () => import("../commands/watch/tasks/diff-texts.ts"),
  "scan-watched": () => import("../watching/scan-watched.ts"),
  "pack-tar": () => import("../commands/archive/tasks/pack-tar.ts"),
  "pack-zip": () => import("../commands/archive/tasks/pack-zip.ts"),
  "unpack-tar": () => import("../commands/archive/tasks/unpack-tar.ts"),
  "unpack-zip": () => import("../commands/archive/tasks/unpack-zip.ts"),
};

type Tasks = typeof tasks;
declare module "../base/task-runner.ts" {
  interface TaskModules extends Tasks {}
}
