import { appendFileSync, mkdirSync, renameSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { now } from "./now.ts";

/** Work for the writer process. It replies with its start time, by `now`. */
export type Work =
  | { readonly kind: "create" | "modify" | "delete"; readonly paths: readonly string[] }
  | { readonly kind: "mkdir"; readonly paths: readonly string[] }
  | { readonly kind: "rename"; readonly paths: readonly string[]; readonly suffix: string }
  | { readonly kind: "clear"; readonly paths: readonly string[] };

process.on("message", (work: Work) => {
  const begun = now();
  for (const path of work.paths) act(work, path);
  process.send?.(begun);
});
process.once("disconnect", () => process.exit());

function act(work: Work, path: string): void {
  if (work.kind === "create") writeFileSync(path, "contents");
  else if (work.kind === "modify") appendFileSync(path, "more");
  else if (work.kind === "delete") unlinkSync(path);
  else if (work.kind === "mkdir") mkdirSync(path, { recursive: true });
  else if (work.kind === "rename") renameSync(path, path + work.suffix);
  else rmSync(path, { recursive: true, force: true });
}
