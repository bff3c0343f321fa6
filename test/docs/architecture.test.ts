import { existsSync, globSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PAGE = readFileSync(join(ROOT, "docs/architecture.md"), "utf8");

/** The sections that have a diagram, and its kind. */
const DIAGRAMS: Readonly<Record<string, "flowchart" | "sequenceDiagram">> = {
  Processes: "flowchart",
  "1. An HTTP request": "sequenceDiagram",
  "2. A command on the socket": "sequenceDiagram",
  "3. A one-shot command": "flowchart",
  "4. A watch event": "flowchart",
  "5. A worker's death": "sequenceDiagram",
};

describe("paths on the page", () => {
  test("the page names many files", () => {
    expect(pathsOf(PAGE).length).toBeGreaterThan(100);
  });

  test("every path exists, and ends with a slash if it is a directory", () => {
    expect(pathsOf(PAGE).filter((path) => !isThere(path))).toEqual([]);
  });

  test("the check finds a missing file, a file with a slash and a directory without one", () => {
    const text =
      "`internal/ipc/calls.ts` `internal/ipc/called.ts` `internal/ipc/calls.ts/` `internal/ipc` [x](../gone.md#y)";
    expect(pathsOf(text).filter((path) => !isThere(path))).toEqual([
      "internal/ipc/called.ts",
      "internal/ipc/calls.ts/",
      "internal/ipc",
      "gone.md",
    ]);
  });

  test("every directory of internal/ and every directory in these is mentioned", () => {
    const folders = foldersIn("internal").flatMap((folder) => [folder, ...foldersIn(folder)]);
    expect(folders.length).toBeGreaterThan(30);
    const mentioned = new Set(pathsOf(PAGE));
    expect(folders.filter((folder) => !mentioned.has(`${folder}/`))).toEqual([]);
  });

  test("the README and CONTRIBUTING link to the page", () => {
    for (const name of ["README.md", "CONTRIBUTING.md"]) {
      expect(readFileSync(join(ROOT, name), "utf8")).toContain("(docs/architecture.md)");
    }
  });
});

describe("diagrams", () => {
  test("only the expected sections have a diagram, exactly one each", () => {
    const found = sectionsOf(PAGE).flatMap(([title, text]) => blocksOf(text).map((block) => [title, keywordOf(block)]));
    expect(found).toEqual(Object.entries(DIAGRAMS));
  });

  test.for(sectionsOf(PAGE).flatMap(([title, text]) => blocksOf(text).map((block) => [title, block] as const)))(
    "%s: brackets and quotes are balanced",
    ([, block]) => expect(imbalanceOf(block)).toBeUndefined(),
  );

  test("the check finds an imbalance", () => {
    expect(imbalanceOf('flowchart LR\n  a["x (y"] --> b\n')).toBeUndefined();
    expect(imbalanceOf("flowchart LR\n  a[x (y] --> b\n")).toBe("a[x (y] --> b");
    expect(imbalanceOf('flowchart LR\n  a["x] --> b\n')).toBe('a["x] --> b');
  });
});

/** Paths from the root: those in backticks that begin with a top directory, and the targets of links to files. */
function pathsOf(text: string): string[] {
  const quoted = text.matchAll(/`((?:cmd|internal|protocol|clients|test|docs|bench|scripts)(?:\/[\w.-]+)*\/?)`/g);
  const linked = text.matchAll(/\]\((?!\w+:|#)([^)#\s]+)/g);
  return [
    ...Array.from(quoted, ([, path = ""]) => path),
    ...Array.from(linked, ([, target = ""]) => join("docs", target)),
  ];
}

function isThere(path: string): boolean {
  const file = join(ROOT, path);
  return existsSync(file) && statSync(file).isDirectory() === path.endsWith("/");
}

/** The directories in a directory that have files below them. Git does not store empty ones. */
function foldersIn(folder: string): string[] {
  const files = globSync(`${folder}/*/**/*.ts`, { cwd: ROOT });
  const names = new Set(files.map((file) => file.slice(folder.length + 1).split("/")[0] ?? ""));
  return [...names].filter((name) => name !== "shared" && name !== "tasks").map((name) => `${folder}/${name}`);
}

/** Titles and texts of the sections. A text ends at the next heading of any level. */
function sectionsOf(page: string): (readonly [title: string, text: string])[] {
  return page
    .split(/^#+ /m)
    .slice(1)
    .map((section) => [section.slice(0, section.indexOf("\n")), section] as const);
}

function blocksOf(text: string): string[] {
  return Array.from(text.matchAll(/^```mermaid\n(.*?)^```$/gms), ([, block = ""]) => block);
}

function keywordOf(block: string): string {
  return /^\w+/.exec(block)?.[0] ?? "";
}

const PAIRS: Readonly<Record<string, string>> = { ")": "(", "]": "[", "}": "{" };

/** The first line with unbalanced brackets or quotes. No statement spans lines. Quoted text is skipped. */
function imbalanceOf(block: string): string | undefined {
  const lines = block.split("\n").map((line) => line.trim());
  return lines.find((line) => {
    const open: string[] = [];
    for (const sign of line.replaceAll(/"[^"]*"/g, "").match(/[()[\]{}"]/g) ?? []) {
      if (sign === '"') return true;
      if (PAIRS[sign] === undefined) open.push(sign);
      else if (open.pop() !== PAIRS[sign]) return true;
    }
    return open.length > 0;
  });
}
