import { appendFileSync, chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { dirname, relative } from "node:path";
import type { Change } from "../../internal/watching/change.ts";
import type { Sandbox } from "../support/sandbox.ts";
import type { Script } from "./script.ts";

export interface WatchWords {
  readonly paths: readonly string[];
  readonly initial: boolean;
  readonly ignore: readonly string[];
  readonly shallow: boolean;
  readonly debounce: number;
}

/** Starts watching and returns the changes; paths are absolute. */
export type Watch = (options: WatchWords) => AsyncIterable<Change>;

/**
 * A step other than `watch`, `sync` and `until`. Arguments are paths, except for text, modes and the targets of
 * symbolic links. Steps are synchronous, and the watch runs in this process too, so it sees no change before all
 * steps up to the next `sync` are done, whatever the load.
 */
type Step = (sandbox: Sandbox, a: string, b: string) => void;

const STEPS: Readonly<Record<string, Step>> = {
  touch: (sandbox, path) => writeFileSync(sandbox.path(path), ""),
  write: (sandbox, path, text) => writeFileSync(sandbox.path(path), text),
  append: (sandbox, path, text) => appendFileSync(sandbox.path(path), text),
  mkdir: (sandbox, path) => mkdirSync(sandbox.path(path), { recursive: true }),
  mv: (sandbox, from, to) => renameSync(sandbox.path(from), sandbox.path(to)),
  rm: (sandbox, path) => rmSync(sandbox.path(path), { recursive: true }),
  leads: (sandbox, path, target) => symlinkSync(target, sandbox.path(path)),
  link: (sandbox, target, path) => symlinkSync(sandbox.path(target), sandbox.path(path)),
  chmod: (sandbox, path, mode) => chmodSync(sandbox.path(path), Number.parseInt(mode, 8)),
};

/** Runs a script and returns the reported changes, written as in the script. */
export async function runScript({ steps, optional }: Script, sandbox: Sandbox, watch: Watch): Promise<string[]> {
  const told: string[] = [];
  let changes: AsyncIterator<Change> | undefined;
  let marks = "";
  let syncs = 0;

  /** Writes a marker file. When its change is reported, all earlier changes have been reported. */
  const sync = async () => {
    syncs += 1;
    const mark = sandbox.path(marks, `mark-${syncs}`);
    await writeFile(mark, "");
    await takeUntil((change) => "path" in change && change.path === mark);
  };
  const takeUntil = async (isLast: (change: Change) => boolean) => {
    for (;;) {
      const { value, done } = (await changes?.next()) ?? {};
      if (done !== false || value === undefined) throw new Error(`the changes ended after ${told.join(", ")}`);
      if (isLast(value)) return;
      told.push(line(value, sandbox));
    }
  };

  for (const [word = "", ...args] of steps) {
    if (word === "sync") await sync();
    else if (word === "until") {
      const last = args.join(" ");
      await takeUntil((change) => line(change, sandbox) === last);
      told.push(last);
    } else if (word === "watch") {
      const options = watchWords(args, sandbox);
      marks = relative(sandbox.root, options.paths.at(-1) ?? "");
      changes = watch(options)[Symbol.asyncIterator]();
      await takeUntil(({ type }) => type === "ready");
      if (options.initial) told.push("ready");
    } else {
      const step = STEPS[word];
      if (step === undefined) throw new Error(`no step is called ${word}`);
      const [a = "", b = ""] = args;
      const made = word === "mv" || word === "link" ? b : a;
      if (word !== "rm") mkdirSync(dirname(sandbox.path(made)), { recursive: true });
      step(sandbox, a, b);
    }
  }
  await changes?.return?.();
  return told.filter((change) => !optional.includes(change));
}

function watchWords(args: readonly string[], sandbox: Sandbox): WatchWords {
  const options = new Map(args.filter((arg) => arg.includes("=")).map((arg) => arg.split("=") as [string, string]));
  return {
    paths: args.filter((arg) => !arg.includes("=")).map((path) => sandbox.path(path)),
    initial: options.has("initial"),
    shallow: options.has("shallow"),
    ignore: options.get("ignore")?.split(",") ?? [],
    debounce: Number(options.get("debounce") ?? 0),
  };
}

function line(change: Change, { root }: Sandbox): string {
  if (!("path" in change)) return change.type;
  const show = (path: string) => (relative(root, path) || ".") + (change.is_dir ? "/" : "");
  return change.type === "rename"
    ? `rename ${show(change.from)} -> ${show(change.path)}`
    : `${change.type} ${show(change.path)}`;
}
