import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { cp, mkdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { HOME } from "../../scripts/home.ts";

const run = promisify(execFile);
const FRAMEWORKS = fileURLToPath(new URL("frameworks", import.meta.url));

/** A directory with the applications of frameworks/apps and the packages that they use. */
export interface InstalledFrameworks {
  readonly folder: string;
  /** Path of an application. */
  app(name: string): string;
  /** Program of a Node of another major version, from its npm package; undefined on a platform without one. */
  node(major: 18 | 22): string | undefined;
  /** Resolves when the application for Next is built. */
  readonly nextIsBuilt: Promise<unknown>;
}

/**
 * Installs the packages, unless an earlier run has: they are kept in a directory that is named by their versions. It is not
 * below a node_modules, where Next would not compile the application.
 * @param user - names the copy of the applications: files of tests that run at the same time need one each
 */
export async function installFrameworks(user: string): Promise<InstalledFrameworks> {
  const lock = await readFile(join(FRAMEWORKS, "package-lock.json"));
  const version = createHash("sha256").update(lock).digest("hex").slice(0, 16);
  const folder = join(HOME, "dist", `test-frameworks-${version}`);
  if (!existsSync(join(folder, "node_modules"))) await install(folder);
  const apps = join(folder, `apps-${user}`);
  await rm(apps, { recursive: true, force: true });
  await cp(join(FRAMEWORKS, "apps"), apps, { recursive: true });
  const next = join(folder, "node_modules/next/dist/bin/next");
  const env = { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" };
  const nextIsBuilt = run(process.execPath, [next, "build"], { cwd: join(apps, "next"), env });
  nextIsBuilt.catch(() => {}); // reported by the test that waits for it
  return {
    folder,
    app: (name) => join(apps, name),
    node(major) {
      const program = join(folder, `node_modules/node${major}/bin/node`);
      return existsSync(program) ? program : undefined;
    },
    nextIsBuilt,
  };
}

async function install(folder: string): Promise<void> {
  const made = `${folder}.${process.pid}`;
  await mkdir(made, { recursive: true });
  for (const name of ["package.json", "package-lock.json"]) await cp(join(FRAMEWORKS, name), join(made, name));
  await run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: made, maxBuffer: 2 ** 26 });
  try {
    await rename(made, folder); // complete when another one finds it
  } catch (error) {
    if (!existsSync(join(folder, "node_modules"))) throw error;
    await rm(made, { recursive: true, force: true }); // another file of tests was faster, and uses its folder already
  }
}
