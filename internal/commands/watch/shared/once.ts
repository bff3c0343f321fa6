import type { Change } from "./change.ts";

/** How a tree is watched for its first change. */
export const ONCE = { ignore: [], shallow: false, debounce: 0, initial: false } as const;

/** Whether it is a change of something, and not the beginning or what was missed. */
export function isChange<C extends Change>(
  change: C,
): change is C & { readonly type: "create" | "modify" | "delete" | "rename"; readonly path: string } {
  return ["create", "modify", "delete", "rename"].includes(change.type);
}
