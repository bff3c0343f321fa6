import { isUtf8 } from "node:buffer";
import { dirname, join, sep } from "node:path";
import { XsysError } from "../../../../protocol/errors.ts";
import { AnswerSize } from "../../../files/answer-size.ts";
import { byCodeUnit } from "../../../files/by-code-unit.ts";
import type { Renaming } from "../../../files/rename-all.ts";
import { type TreeEntry, walk } from "../../../files/walk.ts";
import { refuseFaulty } from "./refuse-faulty.ts";

interface Args {
  readonly path: string;
  readonly pattern: string;
  readonly replacement: string;
  /** Bytes. */
  readonly maxResult: number;
}

/** Bytes that JSON adds to a row: field names. */
const ROW_BYTES = 40;

/**
 * Task: plans a renaming. Returns the paths relative to the folder, sorted. Must be run with a time limit.
 * @throws INVALID_PARAMS, ALREADY_EXISTS
 */
export default function planRenames({ path, pattern, replacement, maxResult }: Args): Renaming[] {
  refuseFaulty("search.rename", pattern);
  const expression = new RegExp(pattern, "g");
  const answer = new AnswerSize("search.rename", path, maxResult);
  const names = new Set<string>();
  const renamings = new Map<string, string>();
  for (const entry of walk(path)) {
    names.add(entry.relative);
    if (entry.kind === "folder" || !isText(entry)) continue;
    const to = renamed(entry.relative, expression, replacement);
    if (to === entry.relative) continue;
    answer.add(Buffer.byteLength(entry.relative) + Buffer.byteLength(to) + ROW_BYTES);
    renamings.set(entry.relative, to);
  }
  refuseClashes(path, names, renamings);
  return [...renamings].map(([from, to]) => ({ from, to })).sort((a, b) => byCodeUnit(a.from, b.from));
}

function isText({ path }: TreeEntry): boolean {
  return typeof path === "string" || isUtf8(path);
}

function renamed(relative: string, expression: RegExp, replacement: string): string {
  const folder = dirname(relative);
  const old = folder === "." ? relative : relative.slice(folder.length + 1);
  const name = old.replace(expression, replacement);
  if (name === old) return relative;
  if (name === "" || name === "." || name === ".." || name.includes("\0") || name.includes("/") || name.includes(sep)) {
    throw new XsysError("INVALID_PARAMS", `search.rename failed on ${relative}: "${name}" is not a file name`, {
      details: { path: relative, name },
    });
  }
  return join(folder, name);
}

function refuseClashes(path: string, names: ReadonlySet<string>, renamings: ReadonlyMap<string, string>): void {
  const takers = new Map<string, string>();
  for (const [from, to] of renamings) {
    const other = takers.get(to) ?? (names.has(to) && !renamings.has(to) ? to : undefined);
    if (other === undefined) takers.set(to, from);
    else {
      const clash =
        other === to ? `${from} would become ${to}, which exists` : `${other} and ${from} would both become ${to}`;
      throw new XsysError("ALREADY_EXISTS", `search.rename failed on ${path}: ${clash}; nothing was renamed`, {
        details: { path, from: other === to ? [from] : [other, from], to },
      });
    }
  }
}
