import { spawnSync } from "node:child_process";
import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PLATFORMS } from "../../../clients/typescript/start/platform-package.ts";
import { HOME } from "../../home.ts";
import { bundleLauncher, OLDEST_NODE } from "./launcher.ts";
import { type Manifest, manifest, writeManifest } from "./manifest.ts";

/** The modules that the package exports, and the thread that one of them starts by its file. */
const MODULES = {
  ".": "clients/typescript/index",
  "./worker": "clients/typescript/worker",
  "./xypriss": "clients/typescript/xypriss",
};
const THREAD = "clients/typescript/sync/thread";
const PROGRAM = "bin/xsys.cjs";

/**
 * Those of tsconfig.json, which is not read where files are named, as far as they matter here; but the language and the
 * library are those that Node 20 has.
 */
const OPTIONS = [
  ..."--target es2023 --module nodenext --lib es2023,esnext.disposable --types node".split(" "),
  ..."--ignoreConfig --strict --verbatimModuleSyntax --skipLibCheck --exactOptionalPropertyTypes".split(" "),
  ..."--declaration --rewriteRelativeImportExtensions --rootDir .".split(" "),
];

/**
 * `xsys`: the SDK, and the programs `xsys` and `xhsc`, which run the executable of the package for the platform. Package
 * managers install the one of those that fits; this package depends on nothing else.
 * @throws what the compiler has against it
 */
export async function xsysPackage(folder: string): Promise<Manifest> {
  compile(folder);
  await nameThreadAsCompiled(join(folder, "clients/typescript/sync/thread-transport.js"));
  await bundleLauncher(join(folder, PROGRAM));
  await cp(join(HOME, "README.md"), join(folder, "README.md"));
  const described = await manifest(
    "xsys",
    "Files, processes and facts of the system as a service: the xsys command, and its SDK for TypeScript.",
  );
  const modules = Object.entries(MODULES).map(([name, file]) => {
    return [name, { types: `./${file}.d.ts`, default: `./${file}.js` }];
  });
  return writeManifest(folder, {
    ...described,
    engines: { node: `>=${OLDEST_NODE}` },
    type: "module",
    main: `./${MODULES["."]}.js`,
    types: `./${MODULES["."]}.d.ts`, // for what does not read `exports`
    exports: { ...Object.fromEntries(modules), "./package.json": "./package.json" },
    bin: { xsys: PROGRAM, xhsc: PROGRAM },
    files: ["bin", "clients", "protocol"],
    sideEffects: false,
    optionalDependencies: Object.fromEntries(PLATFORMS.map((name) => [`xsys-${name}`, described.version])),
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
