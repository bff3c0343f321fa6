import { spawnSync } from "node:child_process";
import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { HOME } from "../../home.ts";
import { type Manifest, manifest, writeManifest } from "./manifest.ts";

/** The modules that the package exports, and the thread that one of them starts by its file. */
const MODULES = {
  ".": "clients/typescript/index",
  "./worker": "clients/typescript/worker",
  "./xypriss": "clients/typescript/xypriss",
};
const THREAD = "clients/typescript/sync/thread";

/** Those of tsconfig.json, which is not read where files are named, as far as they matter here. */
const OPTIONS = [
  ..."--target es2025 --module nodenext --lib es2025,esnext.array,esnext.disposable --types node".split(" "),
  ..."--ignoreConfig --strict --verbatimModuleSyntax --skipLibCheck --exactOptionalPropertyTypes".split(" "),
  ..."--declaration --rewriteRelativeImportExtensions --rootDir .".split(" "),
];

/**
 * The SDK by itself: `xsys`, which depends on nothing.
 * @throws what the compiler has against it
 */
export async function sdkPackage(folder: string): Promise<Manifest> {
  compile(folder);
  await nameThreadAsCompiled(join(folder, "clients/typescript/sync/thread-carrier.js"));
  await cp(join(HOME, "README.md"), join(folder, "README.md"));
  const exports = Object.entries(MODULES).map(([name, file]) => {
    return [name, { types: `./${file}.d.ts`, default: `./${file}.js` }];
  });
  return writeManifest(folder, {
    ...(await manifest(
      "xsys",
      "Client of xsys, the system-services engine: files, processes and facts of the system.",
    )),
    type: "module",
    exports: Object.fromEntries(exports),
    files: ["clients", "protocol"],
    sideEffects: false,
  });
}

function compile(folder: string): void {
  const tsc = join(HOME, "node_modules/typescript/bin/tsc");
  const files = [...Object.values(MODULES), THREAD].map((file) => join(HOME, `${file}.ts`));
  const { status, stdout } = spawnSync(process.execPath, [tsc, ...OPTIONS, "--outDir", folder, ...files], {
    cwd: HOME,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`the SDK does not compile: ${stdout}`);
}

/** An import's ending is the compiler's to rewrite, a thread's file is not. */
async function nameThreadAsCompiled(file: string): Promise<void> {
  const text = await readFile(file, "utf8");
  if (!text.includes('"thread.ts"')) throw new Error(`${file} starts no thread.ts`);
  await writeFile(file, text.replaceAll('"thread.ts"', '"thread.js"'));
}
