import { readFile } from "node:fs/promises";
import { basename, dirname, extname, join, relative } from "node:path";
import { APP_NAME } from "../keeper/app-spec.ts";
import { mustBe } from "./quantities.ts";

/** Names of scripts that say nothing about the app. For them, the name in package.json is used. */
const GENERAL = /^(?:index|main|server|app|start|www)$/i;

/** Programs that run a package: their app is called like the package in the working directory. */
const RUNNERS = /^(?:npm|npx|pnpm|yarn|bun)$/;

/**
 * The given name; or that of the package, if the file is the main file of one; or the file's own name.
 * @throws INVALID_PARAMS if the given name is invalid
 */
export async function appName(given: string | undefined, file: string, cwd: string): Promise<string> {
  if (given !== undefined) {
    if (APP_NAME.test(given)) return given;
    throw mustBe("name", "1 to 64 letters, digits, dots, dashes and underscores, with a letter or digit first", given);
  }
  const own = basename(file, extname(file));
  if (RUNNERS.test(own)) return valid((await readPackage(join(cwd, "package.json"))).name) ?? own;
  return valid(await packageName(file, cwd, own)) ?? valid(own) ?? "app";
}

/** The name of the package that a file is the main file of. Its package.json is beside the file or above, up to `cwd`. */
async function packageName(file: string, cwd: string, own: string): Promise<string | undefined> {
  for (const folder of foldersUpTo(cwd, dirname(file))) {
    const { name, main } = await readPackage(join(folder, "package.json"));
    if (name === undefined) continue;
    const isMain = main !== undefined && join(folder, main) === file;
    return isMain || GENERAL.test(own) ? name : undefined;
  }
  return undefined;
}

function* foldersUpTo(top: string, start: string): Generator<string> {
  let folder = start;
  yield folder;
  while (folder !== top && folder !== dirname(folder) && !relative(top, folder).startsWith("..")) {
    folder = dirname(folder);
    yield folder;
  }
}

/** Empty without a readable package.json: a name can be given in another way. */
async function readPackage(file: string): Promise<{ readonly name?: string; readonly main?: string }> {
  try {
    const { name, main } = JSON.parse(await readFile(file, "utf8"));
    return { ...(typeof name === "string" && { name }), ...(typeof main === "string" && { main }) };
  } catch {
    return {};
  }
}

/** The text as a valid name: `@scope/name` becomes `scope-name`. Undefined if nothing of it is valid. */
function valid(text: string | undefined): string | undefined {
  const name = text
    ?.replaceAll(/[^A-Za-z0-9._-]+/g, "-")
    .replace(/^[^A-Za-z0-9]+/, "")
    .slice(0, 64);
  return name !== undefined && APP_NAME.test(name) ? name : undefined;
}
