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

/** The allowed imports between top directories. A directory may always import itself. */
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
 * The layers of internal/, from the bottom up. A directory may import directories of lower layers. Each directory of
 * commands/ counts separately. CONTRIBUTING.md shows the same lines.
 */
const LAYERS: readonly (readonly string[])[] = [
  ["base"],
  ["balance", "facts", "files", "memory", "watching", "work"],
  ["ipc", "processes", "workers"],
  ["app-gateway", "apps", "cluster", "commands", "front", "gateway", "keeper"],
  ["host"],
];
/** Allowed imports within a layer. */
const EDGES: Readonly<Record<string, readonly string[]>> = {
  workers: ["ipc"],
  "app-gateway": ["gateway"],
  keeper: ["cluster"],
  apps: ["keeper"],
  "commands/cluster": ["cluster"],
  "commands/app": ["apps", "keeper"],
};

interface Import {
  readonly from: string;
  readonly to: string;
}

/** All imports of the project's own files: static or dynamic, of types or values. */
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

/** The directory of internal/ that a file belongs to, such as `gateway` or `commands/fs`. Undefined outside internal/. */
function folderOf(file: string): string | undefined {
  const [top, folder = "", below = ""] = file.split("/");
  if (top !== "internal") return undefined;
  return folder === "commands" ? `${folder}/${below}` : folder;
}

function layerOf(folder: string): number {
  return LAYERS.findIndex((layer) => layer.includes(folder.split("/")[0] ?? ""));
}

describe("imports run downward only", () => {
  test("the sources and their imports are found", () => {
    expect(SOURCES.length).toBeGreaterThan(150);
    expect(IMPORTS.length).toBeGreaterThan(400);
    expect(new Set(SOURCES.map(topOf))).toEqual(new Set(Object.keys(MAY_IMPORT)));
  });

  test("every import names an existing file", () => {
    const known = new Set([...SOURCES, "package.json"]);
    expect(IMPORTS.filter(({ to }) => !known.has(to))).toEqual([]);
  });

  test("top directories import only what is allowed", () => {
    const wrong = IMPORTS.filter(({ from, to }) => {
      const [source, target] = [topOf(from), topOf(to)];
      return source !== target && to !== "package.json" && !MAY_IMPORT[source]?.includes(target);
    });
    expect(wrong).toEqual([]);
  });

  test("every directory of internal/ has a layer", () => {
    const folders = new Set(SOURCES.map(folderOf).filter((folder) => folder !== undefined));
    expect([...folders].filter((folder) => layerOf(folder) === -1)).toEqual([]);
  });

  test("a directory of internal/ imports only lower layers and its listed edges", () => {
    const wrong = IMPORTS.filter(({ from, to }) => {
      const [source, target] = [folderOf(from), folderOf(to)];
      if (source === undefined || target === undefined || source === target) return false;
      return layerOf(target) >= layerOf(source) && !EDGES[source]?.includes(target);
    });
    expect(wrong).toEqual([]);
  });

  test("platform-specific facts are imported only through internal/facts/platform.ts", () => {
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

  test("there are no import cycles, types included", () => {
    expect(circles(IMPORTS)).toEqual([]);
  });

  test("the check finds an import cycle", () => {
    const imports = ["a b", "b c", "c b", "d d", "d a"].map((line) => {
      const [from = "", to = ""] = line.split(" ");
      return { from, to };
    });
    expect(circles(imports)).toEqual([["b", "c"], ["d"]]);
  });

  test("the client's types import no file of the server", async () => {
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

  test("the client's bundle contains no file of the server", async () => {
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

/** The files of each import cycle, sorted. Uses Tarjan's algorithm for strongly connected components. */
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
