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

/** Folders of internal/ that another one may import, beyond what lies in internal/ itself. */
const SHARED_FOLDERS = ["balance", "children", "facts", "files", "work"];
const FEATURE_EDGES: Readonly<Record<string, readonly string[]>> = {
  gateway: ["cluster", "ipc"],
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

/** The feature a file of internal/ belongs to; those directly in it belong to all. */
function featureOf(file: string): string | undefined {
  const [top, folder, ...rest] = file.split("/");
  return top === "internal" && rest.length > 0 ? folder : undefined;
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

  test("features of internal/ do not import each other", () => {
    const wrong = IMPORTS.filter(({ from, to }) => {
      const [source, target] = [featureOf(from), featureOf(to)];
      if (source === undefined || target === undefined || source === target) return false;
      return !SHARED_FOLDERS.includes(target) && !FEATURE_EDGES[source]?.includes(target);
    });
    expect(wrong).toEqual([]);
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
