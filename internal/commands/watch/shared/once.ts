import type { Change } from "../../../watching/change.ts";

/** Options for watching until the first change. */
export const ONCE = { ignore: [], shallow: false, debounce: 0, initial: false } as const;

/** Whether it is a change of a path, and not `exists`, `ready` or `overflow`. */
export function isChange<C extends Change>(
  change: C,
): change is C & { readonly type: "create" | "modify" | "delete" | "rename"; readonly path: string } {
  return ["create", "modify", "delete", "rename"].includes(change.type);
}
