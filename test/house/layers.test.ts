import { execFile } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { useSandbox } from "../support/sandbox.ts";

const sandbox = useSandbox();
const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const SOURCES = globSync("{cmd,internal,protocol,clients,bench,docs,scripts,test}/**/*.{ts,js}", { cwd: ROOT });

/** Who may import whom, by top folder. A folder may always import itself. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  protocol: [],
  clients: ["protocol"],
  internal: ["protocol"],
  cmd: ["clients", "internal", "protocol"],
  docs: ["cmd", "protocol"],
  bench: ["clients", "cmd", "internal", "protocol"],
  scripts: ["clients"],
  test: ["bench", "clients", "cmd", "docs", "internal", "protocol", "scripts"],
};

/**
 * The layers of internal/, from the bottom up. A folder may import those of the layers below its own; each folder of
 * commands/ stands for itself. CONTRIBUTING.md shows the same lines.
 */
const LAYERS: readonly (readonly string[])[] = [
  ["base"],
  ["balance", "facts", "files", "work"],
  ["ipc", "processes", "workers"],
  ["cluster", "commands", "gateway"],
  ["host"],
];
/** Imports within a layer. */
const EDGES: Readonly<Record<string, readonly string[]>> = {
  workers: ["ipc"],
  "commands/cluster": ["cluster"],
};

interface Import {
  readonly from: string;
  readonly to: string;
}

/** Every import of a file of ours, static or dynamic, type or value. */
const IMPORTS: readonly Import[] = SOURCES.flatMap((file) => {
  const text = readFileSync(join(ROOT, file), "utf8");
  const specifiers = text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*"(\.[^"]+)"/g);
  return [...specifiers].map(([, specifier = ""]) => ({
    from: file,
    to: relative(ROOT, join(ROOT, dirname(file), specifier)),
  }));
});

function topOf(file: string): string {
  return file.split("/")[0] ?? "";
}

/** The folder of internal/ that a file belongs to: `gateway`, or `commands/fs`; undefined for a file of another top. */
function folderOf(file: string): string | undefined {
  const [top, folder = "", below = ""] = file.split("/");
  if (top !== "internal") return undefined;
  return folder === "commands" ? `${folder}/${below}` : folder;
}

function layerOf(folder: string): number {
  return LAYERS.findIndex((layer) => layer.includes(folder.split("/")[0] ?? ""));
}

describe("imports run downward only", () => {
  test("the walk found the house, and its imports", () => {
    expect(SOURCES.length).toBeGreaterThan(150);
    expect(IMPORTS.length).toBeGreaterThan(400);
    expect(new Set(SOURCES.map(topOf))).toEqual(new Set(Object.keys(MAY_IMPORT)));
  });

  test("every import names a file that is there", () => {
    const known = new Set([...SOURCES, "package.json"]);
    expect(IMPORTS.filter(({ to }) => !known.has(to))).toEqual([]);
  });

  test("cmd → clients, internal → protocol, and no other arrow", () => {
    const wrong = IMPORTS.filter(({ from, to }) => {
      const [source, target] = [topOf(from), topOf(to)];
      return source !== target && to !== "package.json" && !MAY_IMPORT[source]?.includes(target);
    });
    expect(wrong).toEqual([]);
  });

  test("every folder of internal/ has a layer", () => {
    const folders = new Set(SOURCES.map(folderOf).filter((folder) => folder !== undefined));
    expect([...folders].filter((folder) => layerOf(folder) === -1)).toEqual([]);
  });

  test("a folder of internal/ imports the layers below its own, and what an edge names", () => {
    const wrong = IMPORTS.filter(({ from, to }) => {
      const [source, target] = [folderOf(from), folderOf(to)];
      if (source === undefined || target === undefined || source === target) return false;
      return layerOf(target) >= layerOf(source) && !EDGES[source]?.includes(target);
    });
    expect(wrong).toEqual([]);
  });

  test("facts are read through internal/facts/platform.ts, whichever platform it chooses", () => {
    const wrong = IMPORTS.filter(
      ({ from, to }) =>
        /^internal\/facts\/(linux|portable)\//.test(to) && !/^(internal|test|bench)\/facts\//.test(from),
    );
    expect(wrong).toEqual([]);
  });

  test("CONTRIBUTING.md shows the same layers and edges", () => {
    const page = readFileSync(join(ROOT, "CONTRIBUTING.md"), "utf8");
    expect(page).toContain(
      LAYERS.map((layer) => layer.join(" "))
        .toReversed()
        .join("\n"),
    );
    for (const [source, targets] of Object.entries(EDGES)) expect(page).toContain(`${source} → ${targets.join(", ")}`);
  });

  test("no file imports itself by way of others, types included", () => {
    expect(circles(IMPORTS)).toEqual([]);
  });

  test("and a circle would be found", () => {
    const imports = ["a b", "b c", "c b", "d d", "d a"].map((line) => {
      const [from = "", to = ""] = line.split(" ");
      return { from, to };
    });
    expect(circles(imports)).toEqual([["b", "c"], ["d"]]);
  });

  test("the client's types reach no file of the server", async () => {
    const files = ["index.ts", "worker.ts", "xypriss.ts"].map((file) => join(ROOT, "clients/typescript", file));
    const compilerOptions = { typeRoots: [join(ROOT, "node_modules/@types")] };
    const config = { extends: join(ROOT, "tsconfig.json"), compilerOptions, include: [], files };
    const project = await sandbox.write("tsconfig.json", JSON.stringify(config));
    const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
    const { stdout } = await promisify(execFile)(process.execPath, [tsc, "--listFilesOnly", "--project", project]);
    const ours = stdout.split("\n").filter((file) => file.startsWith(ROOT) && !file.includes("node_modules"));
    expect(ours).toContain(join(ROOT, "clients/typescript/link.ts"));
    expect(ours.filter((file) => !/^(clients|protocol)\//.test(relative(ROOT, file)))).toEqual([]);
  });

  test("nothing of the server is in the client's bundle", async () => {
    const { build } = await import("esbuild");
    const { metafile } = await build({
      entryPoints: ["index.ts", "worker.ts", "xypriss.ts"].map((file) => join(ROOT, "clients/typescript", file)),
      outdir: sandbox.root,
      absWorkingDir: ROOT,
      bundle: true,
      platform: "node",
      format: "esm",
      write: false,
      metafile: true,
    });
    const inputs = Object.keys(metafile.inputs);
    expect(inputs).toContain("clients/typescript/link.ts");
    expect(inputs.filter((input) => !/^(clients|protocol)\//.test(input))).toEqual([]);
  });
});

/** The files of each circle of imports, sorted. Tarjan's algorithm of strongly connected components. */
function circles(imports: readonly Import[]): string[][] {
  const targets = Map.groupBy(imports, ({ from }) => from);
  const found: string[][] = [];
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const visit = (file: string): number => {
    order.set(file, order.size);
    lowest.set(file, order.size - 1);
    stack.push(file);
    for (const { to } of targets.get(file) ?? []) {
      const reached = order.has(to) ? (stack.includes(to) ? order.get(to) : undefined) : visit(to);
      lowest.set(file, Math.min(lowest.get(file) ?? 0, reached ?? Number.POSITIVE_INFINITY));
    }
    if (lowest.get(file) === order.get(file)) {
      const circle = stack.splice(stack.indexOf(file));
      const importsItself = targets.get(file)?.some(({ to }) => to === file);
      if (circle.length > 1 || importsItself) found.push(circle.toSorted());
    }
    return lowest.get(file) ?? 0;
  };
  for (const { from } of imports) if (!order.has(from)) visit(from);
  return found;
}
