import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { build, type Metafile, type Plugin, transform } from "esbuild";
import { HOME } from "../home.ts";

/** Virtual folder of the program in the executable. It does not exist on disk. */
export const CARRIED_ROOT = resolve("/xsys");

/** The part that is run first. */
export const MAIN = "cmd/xsys/executable/main.js";

/**
 * The program in parts, by name. Each is a CommonJS module in a function (require, module, exports, __filename,
 * __dirname).
 */
export interface Bundle {
  readonly parts: ReadonlyMap<string, string>;
  /** Code that runs the parts. It needs a declaration of ENTRY before it. */
  readonly loader: string;
  readonly metafile: Metafile;
}

/** Entry points: the program and its threads, by the paths that they are started with. */
const ENTRIES: Readonly<Record<string, string>> = {
  "cmd/xsys/executable/main": "cmd/xsys/executable/main.ts",
  "internal/host/task-thread": "internal/host/task-thread.ts",
  worker: "node_modules/piscina/dist/worker.js",
};

const TARGET = "node26";

/**
 * Bundles the program in parts, one per dynamic import. esbuild can only split ES modules, and the executable can only
 * precompile CommonJS, so the parts are bundled as ES modules and then converted.
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
    external: ["@napi-rs/nice"], // only needed for a thread priority, which is not used
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

/** Identifiers are not minified, so that stack traces are readable. */
async function asPart(text: string): Promise<string> {
  const { code } = await transform(text, {
    platform: "node",
    format: "cjs",
    target: TARGET,
    supported: { "dynamic-import": false }, // becomes a promise of require()
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: "none",
  });
  if (code.includes("import_meta.url")) throw new Error("a part still uses import.meta.url");
  return `(function(require,module,exports,__filename,__dirname){${inAscii(code)}\n})`;
}

/** esbuild leaves non-ASCII characters only in regular expressions, where an escape has the same meaning. */
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

/**
 * Replaces import.meta.url, which is used to start threads and by yargs to find its texts, by a URL below
 * CARRIED_ROOT.
 */
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

/** Makes node-pty load its native module from the assets. */
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
