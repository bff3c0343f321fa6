import { spawnSync } from "node:child_process";
import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { APP_PROGRAMS } from "../../../clients/typescript/launcher/app-program.ts";
import { PLATFORMS } from "../../../clients/typescript/start/platform-package.ts";
import { HOME } from "../../home.ts";
import { bundlePreload } from "../preload.ts";
import { bundleLauncher, OLDEST_NODE } from "./launcher.ts";
import { type Manifest, manifest, writeManifest } from "./manifest.ts";

/** The modules that the package exports. */
const MODULES = {
  ".": "clients/typescript/index",
  "./worker": "clients/typescript/worker",
  "./xypriss": "clients/typescript/xypriss",
};
/** A thread that one of the modules starts by its file name. */
const THREAD = "clients/typescript/sync/thread";
const PROGRAM = "bin/xsys.cjs";
/** The preload for unchanged applications, by `node --import xsys/preload`. */
const PRELOAD = "bin/preload.cjs";

/**
 * Compiler options: the relevant ones of tsconfig.json, which tsc ignores when files are named on the command line, but
 * with the language version and library of Node 20.
 */
const OPTIONS = [
  ..."--target es2023 --module nodenext --lib es2023,esnext.disposable --types node".split(" "),
  ..."--ignoreConfig --strict --verbatimModuleSyntax --skipLibCheck --exactOptionalPropertyTypes".split(" "),
  ..."--declaration --rewriteRelativeImportExtensions --rootDir .".split(" "),
];

/**
 * Writes the package `xsys`: the SDK, and the programs, such as `xsys`, which run the executable of the platform's
 * package. Package managers install only the platform package that fits. There are no other dependencies.
 * @throws when the SDK does not compile
 */
export async function xsysPackage(folder: string): Promise<Manifest> {
  compile(folder);
  await nameThreadAsCompiled(join(folder, "clients/typescript/sync/thread-transport.js"));
  await bundleLauncher(join(folder, PROGRAM));
  await bundlePreload(join(folder, PRELOAD));
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
    types: `./${MODULES["."]}.d.ts`, // for tools that do not support `exports`
    exports: { ...Object.fromEntries(modules), "./preload": `./${PRELOAD}`, "./package.json": "./package.json" },
    bin: { xsys: PROGRAM, xhsc: PROGRAM, ...(await appPrograms(folder)) },
    files: ["bin", "clients", "protocol"],
    sideEffects: [`./${PRELOAD}`],
    optionalDependencies: Object.fromEntries(PLATFORMS.map((name) => [`xsys-${name}`, described.version])),
  });
}

/** Programs that tell the launcher the name by which it was called: package managers do not all keep it. */
async function appPrograms(folder: string): Promise<Record<string, string>> {
  const programs = APP_PROGRAMS.map((name) => [name, `bin/${name}.cjs`] as const);
  const text = '#!/usr/bin/env node\nprocess.argv[1] = __filename;\nrequire("./xsys.cjs");\n';
  for (const [, file] of programs) await writeFile(join(folder, file), text, { mode: 0o755 });
  return Object.fromEntries(programs);
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

/** The compiler rewrites the extensions of imports, but not the file name of a thread. */
async function nameThreadAsCompiled(file: string): Promise<void> {
  const text = await readFile(file, "utf8");
  if (!text.includes('"thread.ts"')) throw new Error(`${file} does not start thread.ts`);
  await writeFile(file, text.replaceAll('"thread.ts"', '"thread.js"'));
}
