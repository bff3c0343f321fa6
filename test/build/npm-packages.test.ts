import { execFile } from "node:child_process";
import { mkdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { cliPackage, platformPackage } from "../../scripts/build/npm/cli-packages.ts";
import { sdkPackage } from "../../scripts/build/npm/sdk-package.ts";
import { thisPlatform } from "../../scripts/build/platform.ts";
import { HOME } from "../../scripts/home.ts";
import { useSandbox } from "../support/sandbox.ts";

const sandbox = useSandbox();
const call = promisify(execFile);
const { name } = thisPlatform();

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

/** Packs a folder as `npm publish` would, and gives the packed file. */
async function pack(folder: string): Promise<{ readonly file: string; readonly paths: readonly string[] }> {
  const { stdout } = await npm(["pack", folder, "--json", "--pack-destination", sandbox.root], sandbox.root);
  const [packed] = JSON.parse(stdout) as [Packed];
  return { file: sandbox.path(packed.filename), paths: packed.files.map(({ path }) => path) };
}

function npm(words: readonly string[], cwd: string) {
  return call("npm", words, { cwd, env: { ...process.env, npm_config_cache: sandbox.path("cache") } });
}

/** Installs packed files in an application's folder, with no registry to ask. */
async function install(...files: string[]): Promise<string> {
  const app = sandbox.path("app");
  await mkdir(app);
  await sandbox.write("app/package.json", JSON.stringify({ name: "app", type: "module" }));
  await npm(["install", "--offline", "--no-audit", "--no-fund", "--ignore-scripts", ...files], app);
  return app;
}

/** The compiler and npm take some ten seconds, and longer beside other tests. */
const PATIENCE = 120_000;

describe.skipIf(process.platform === "win32")("the npm packages", { timeout: PATIENCE }, () => {
  test("xsys is the SDK, complete in itself, and typed", async () => {
    await sdkPackage(sandbox.path("xsys"));
    const { file, paths } = await pack(sandbox.path("xsys"));
    expect(paths.filter((path) => /^(clients|protocol)\//.test(path)).length).toBeGreaterThan(100);
    expect(paths.filter((path) => !/^(clients|protocol)\/.*\.(js|d\.ts)$/.test(path)).sort()).toEqual([
      "LICENSE",
      "README.md",
      "package.json",
    ]);
    const app = await install(file);
    await sandbox.write("app/app.js", USES);
    const { stdout } = await call(process.execPath, ["app.js"], { cwd: app });
    expect(stdout).toBe("UNAVAILABLE UNAVAILABLE function function\n");
    await sandbox.write("app/typed.ts", TYPED);
    await call(process.execPath, [join(HOME, "node_modules/typescript/bin/tsc"), ...TSC, "typed.ts"], { cwd: app });
  });

  test("xsys-cli runs the executable of the platform's package, which is found in .bin by XyPriss's client", async () => {
    const stand = await sandbox.write("stand-in", `#!/bin/sh\necho "ran $*"\nexit 7\n`, 0o755);
    await cliPackage(sandbox.path("xsys-cli"));
    await platformPackage(sandbox.path("platform"), stand);
    const cli = await pack(sandbox.path("xsys-cli"));
    expect([...cli.paths].sort()).toEqual(["LICENSE", "package.json", "xsys.js"]);
    const app = await install(cli.file, (await pack(sandbox.path("platform"))).file);
    const programs = ["xsys", "xhsc", `xsys-${name}`, `xhsc-${name}`];
    for (const program of programs) {
      const run = call(join(app, "node_modules/.bin", program), ["sys", "a b"]);
      await expect(run).rejects.toMatchObject({ code: 7, stdout: "ran sys a b\n", stderr: "" });
    }
    expect((await stat(join(app, `node_modules/xsys-cli-${name}/xsys`))).mode & 0o111).toBe(0o111);
  });

  test("xsys-cli says what is missing where the platform's package was left out", async () => {
    await cliPackage(sandbox.path("xsys-cli"));
    const run = call(process.execPath, [sandbox.path("xsys-cli/xsys.js"), "sys", "info"]);
    await expect(run).rejects.toMatchObject({ code: 69, stderr: expect.stringContaining(`xsys-cli-${name} is not`) });
  });

  test("are of the project's version and license, and the project itself is never published", async () => {
    const project = JSON.parse(await readFile(join(HOME, "package.json"), "utf8"));
    const { version, license, optionalDependencies } = await cliPackage(sandbox.path("xsys-cli"));
    expect({ version, license }).toEqual({ version: project.version, license: project.license });
    expect(optionalDependencies).toHaveProperty(`xsys-cli-${name}`, project.version);
    expect(project.private).toBe(true);
  });
});

const USES = `
import { connect, connectSync } from "xsys";
import { serveWorker } from "xsys/worker";
import * as xypriss from "xsys/xypriss";
const socket = "gone.sock";
const code = (error) => error.code;
let sync;
try { connectSync({ socket, wait: 0 }); } catch (error) { sync = code(error); }
console.log(await connect({ socket, wait: 0 }).catch(code), sync, typeof serveWorker, typeof Object.values(xypriss)[0]);
`;

const TYPED = `
import { connect } from "xsys";
export async function digest(path: string): Promise<string> {
  const { hash } = await (await connect()).fs.hash({ path });
  // @ts-expect-error a hash is a text
  const wrong: number = hash;
  return wrong ? hash : hash;
}
`;

const TSC = [
  ..."--noEmit --strict --target es2025 --module nodenext --lib es2025,esnext.disposable --types node".split(" "),
  ...["--ignoreConfig", "--typeRoots", join(HOME, "node_modules/@types")],
];
