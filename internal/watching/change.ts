import type { Entry } from "./entry.ts";

/** A change in a watched tree, as it is sent to all subscribers. */
export type Change =
  | { readonly type: "exists" | "create" | "modify" | "delete"; readonly path: string; readonly is_dir: boolean }
  | { readonly type: "rename"; readonly path: string; readonly from: string; readonly is_dir: boolean }
  | { readonly type: "ready" }
  | { readonly type: "overflow"; readonly reason: "system" | "reader" };

export interface TreeListener {
  change(change: Change): void;
  /** The watch has failed. No more changes follow. */
  fail(error: unknown): void;
}

export function change(type: "exists" | "create" | "modify" | "delete", path: string, { kind }: Entry): Change {
  return { type, path, is_dir: kind === "folder" };
}
