import { readdir, stat } from "node:fs/promises";
import { basename, extname, join, resolve } from "node:path";
import { XsysError } from "../../../protocol/errors.ts";

const CODE = ["ts", "mts", "cts", "js", "mjs", "cjs"];
const DATA = ["json", "toml", "yaml", "yml"];
const ENDINGS: ReadonlySet<string> = new Set([...CODE, ...DATA].map((ending) => `.${ending}`));

/**
 * Names of configuration files in a directory, in the order of search. Those of one group are alternatives: two of them
 * in one directory are refused. pm2's file is read only if there is no other one, so that both can be kept for a while.
 */
const GROUPS: readonly (readonly string[])[] = [
  [...[...CODE, ...DATA].flatMap((ending) => [`xsys.config.${ending}`, `guardian.config.${ending}`]), "prydam.toml"],
  ["js", "cjs", "mjs", "json", "yaml", "yml"].map((ending) => `ecosystem.config.${ending}`),
];

/** @throws NOT_FOUND, INVALID_PARAMS */
export async function findConfig(
  path: string,
  cwd: string,
): Promise<{ readonly file: string; readonly warnings: string[] }> {
  const file = resolve(cwd, path);
  const stats = await stat(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") {
      throw new XsysError("NOT_FOUND", `the configuration ${file} does not exist`);
    }
    if (error.code === "ELOOP") {
      throw new XsysError("NOT_FOUND", `the configuration ${file} is a symbolic link that leads to itself`);
    }
    throw error;
  });
  if (stats.isDirectory()) return await findIn(file);
  if (!stats.isFile()) throw new XsysError("INVALID_PARAMS", `the configuration ${file} is not a regular file`);
  if (!ENDINGS.has(extname(file))) {
    const known = [...ENDINGS].join(", ");
    throw new XsysError(
      "INVALID_PARAMS",
      `the format of ${file} is not known by its ending, which must be one of ${known}`,
    );
  }
  return { file, warnings: [] };
}

async function findIn(folder: string): Promise<{ readonly file: string; readonly warnings: string[] }> {
  const names = new Set(await readdir(folder));
  const [first, ...others] = GROUPS.map((group) => group.filter((name) => names.has(name))).filter(
    (found) => found.length > 0,
  );
  const [name, rival] = first ?? [];
  if (name === undefined) {
    const known = "xsys.config, guardian.config or ecosystem.config, such as xsys.config.json";
    throw new XsysError("NOT_FOUND", `there is no configuration in ${folder}: its name must be ${known}`);
  }
  if (rival !== undefined) {
    throw new XsysError(
      "INVALID_PARAMS",
      `${folder} has two configurations, ${name} and ${rival}: name the one to use`,
    );
  }
  const file = join(folder, name);
  return { file, warnings: others.flat().map((other) => `${other} is not used, because there is ${basename(file)}`) };
}
