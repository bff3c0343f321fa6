import type { Entry } from "./entry.ts";

/** What happened, as all subscribers of a tree are told. */
export type Change =
  | { readonly type: "exists" | "create" | "modify" | "delete"; readonly path: string; readonly is_dir: boolean }
  | { readonly type: "rename"; readonly path: string; readonly from: string; readonly is_dir: boolean }
  | { readonly type: "ready" }
  | { readonly type: "overflow"; readonly reason: "system" | "reader" };

export interface TreeListener {
  change(change: Change): void;
  /** Nothing more will come. */
  fail(error: unknown): void;
}

export function change(type: "exists" | "create" | "modify" | "delete", path: string, { kind }: Entry): Change {
  return { type, path, is_dir: kind === "folder" };
}
