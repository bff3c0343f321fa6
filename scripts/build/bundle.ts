import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { build, type Metafile, type Plugin, transform } from "esbuild";
import { HOME } from "../home.ts";

/** Where the program believes that it lies; nothing is there. */
export const CARRIED_ROOT = resolve("/xsys");

/** The program's first part. */
export const MAIN = "cmd/xsys/executable/main.js";

/** Parts by name, each a CommonJS module within a function: (require, module, exports, __filename, __dirname). */
export interface Bundle {
  readonly parts: ReadonlyMap<string, string>;
  /** What runs them, to which a declaration of ENTRY is put. */
  readonly loader: string;
  readonly metafile: Metafile;
}

/** What is started as a file: the program, and its threads by the paths that they are started by. */
const ENTRIES: Readonly<Record<string, string>> = {
  "cmd/xsys/executable/main": "cmd/xsys/executable/main.ts",
  "internal/host/task-thread": "internal/host/task-thread.ts",
  worker: "node_modules/piscina/dist/worker.js",
};

const TARGET = "node26";

/**
 * Bundles the program in parts, one for each thing that is imported when it is needed. esbuild splits ES modules only,
 * and the executable can compile nothing but CommonJS ahead: so the parts are made of the former and turned into the latter.
 */
export async function bundle({ commit }: { readonly commit: string }): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    entryPoints: { ...ENTRIES },
    absWorkingDir: HOME,
    outdir: join(HOME, "dist"),
    bundle: true,
    splitting: true,
    write: false,
    metafile: true,
    platform: "node",
    format: "esm",
    target: TARGET,
    legalComments: "none",
    external: ["@napi-rs/nice"], // for a priority that the threads are not given
    define: { XSYS_COMMIT: JSON.stringify(commit) },
    plugins: [ownUrls, carriedNatives],
    logLevel: "error",
  });
  const parts = outputFiles.map(async ({ path, text }) => [nameOf(path), await asPart(text)] as const);
  return { parts: new Map(await Promise.all(parts)), loader: await loaderText(), metafile };
}

function nameOf(path: string): string {
  return path.slice(join(HOME, "dist").length + 1).replaceAll("\\", "/");
}

/** Names are kept, so that a stack can be read. */
async function asPart(text: string): Promise<string> {
  const { code } = await transform(text, {
    platform: "node",
    format: "cjs",
    target: TARGET,
    supported: { "dynamic-import": false }, // which makes it require(), and a promise of it
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: "none",
  });
  if (code.includes("import_meta.url")) throw new Error("a part would look for itself by import.meta.url");
  return `(function(require,module,exports,__filename,__dirname){${inAscii(code)}\n})`;
}

/** What esbuild leaves are characters in regular expressions, where an escape means the same. */
function inAscii(code: string): string {
  return code.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

async function loaderText(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(HOME, "cmd/xsys/executable/loader.ts")],
    bundle: true,
    write: false,
    platform: "node",
    format: "cjs",
    target: TARGET,
    define: { CARRIED_ROOT: JSON.stringify(CARRIED_ROOT) },
    minifyWhitespace: true,
    logLevel: "error",
  });
  return outputFiles[0]?.text ?? "";
}

/** A module's own URL, by which threads are started and yargs looks for its texts, is below the carried root. */
const ownUrls: Plugin = {
  name: "own-urls",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/](cmd|clients|internal|protocol|yargs|yargs-parser)[\\/].*\.(ts|js|mjs)$/ }, ({ path }) => {
      const text = readFileSync(path, "utf8");
      if (!text.includes("import.meta.url")) return undefined;
      const { href } = pathToFileURL(join(CARRIED_ROOT, path.slice(HOME.length)));
      return {
        loader: path.endsWith(".ts") ? "ts" : "js",
        contents: text.replaceAll("import.meta.url", JSON.stringify(href)),
      };
    });
  },
};

/** node-pty finds its native part among the assets. */
const carriedNatives: Plugin = {
  name: "carried-natives",
  setup({ onResolve }) {
    onResolve({ filter: /^\.\/utils$/ }, ({ importer }) =>
      /[\\/]node-pty[\\/]lib[\\/]/.test(importer)
        ? { path: join(HOME, "cmd/xsys/executable/native-module.ts") }
        : undefined,
    );
  },
};
