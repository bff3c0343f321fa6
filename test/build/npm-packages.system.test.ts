import { execFile } from "node:child_process";
import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PLATFORMS } from "../../clients/typescript/start/platform-package.ts";
import { writeManifest } from "../../scripts/build/npm/manifest.ts";
import { platformPackage } from "../../scripts/build/npm/platform-package.ts";
import { xsysPackage } from "../../scripts/build/npm/xsys-package.ts";
import { thisPlatform } from "../../scripts/build/platform.ts";
import { HOME } from "../../scripts/home.ts";
import { useSandbox } from "../support/sandbox.ts";
import { manifestOf, type Npm, npmIn, type Packed, type Published, type Registry, startRegistry } from "./npm.ts";
import { oldestNode } from "./oldest-node.ts";

const run = promisify(execFile);
const { name: xyprissName } = thisPlatform();
const PLATFORM = `${process.platform}-${process.arch}`;

/** The compiler and npm take about ten seconds, and longer in parallel with other tests. */
const PATIENCE = 120_000;

/** A stand-in for the executable that prints its arguments. */
const STAND_IN = `#!/bin/sh\necho "ran $*"\nexit 7\n`;

const sandbox = useSandbox();
let folder = "";
let xsys: Packed;
let platform: Packed;
let registry: Registry;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "xsys-npm-"));
  const { pack } = npmIn(folder);
  await xsysPackage(join(folder, "xsys"));
  const executable = join(folder, "stand-in");
  await writeFile(executable, STAND_IN);
  const own = join(folder, `xsys-${PLATFORM}`);
  await platformPackage(own, { executable, licenses: join(HOME, "LICENSE") });
  xsys = await pack(join(folder, "xsys"));
  platform = await pack(own);
  const published: Published[] = [
    { manifest: await manifestOf(join(folder, "xsys")), file: xsys.file },
    { manifest: await manifestOf(own), file: platform.file },
  ];
  for (const name of PLATFORMS.filter((other) => other !== PLATFORM)) published.push(await foreign(name, own, pack));
  registry = await startRegistry(published);
}, PATIENCE);
afterAll(async () => {
  await registry.close();
  await rm(folder, { recursive: true, force: true });
});

/** The package of another platform. */
async function foreign(name: string, own: string, pack: Npm["pack"]): Promise<Published> {
  const copy = join(folder, `xsys-${name}`);
  await cp(own, copy, { recursive: true });
  const [os, cpu] = name.split("-");
  const manifest = await writeManifest(copy, {
    ...(await manifestOf(own)),
    ...{ name: `xsys-${name}`, os: [os], cpu: [cpu] },
  });
  return { manifest, file: (await pack(copy)).file };
}

/** An application in which npm has installed xsys from the registry. */
async function installed(...options: string[]): Promise<{ readonly app: string; readonly npm: Npm["npm"] }> {
  const { npm, application } = npmIn(sandbox.root, registry.url);
  const app = await application("app");
  await npm(["install", "xsys", ...options], app);
  return { app, npm };
}

async function packagesIn(modules: string): Promise<string[]> {
  return (await readdir(modules)).filter((name) => !name.startsWith(".")).sort();
}

const RAN = { code: 7, stdout: "ran sys a b\n", stderr: "" };

describe.skipIf(process.platform === "win32")("the npm packages", { timeout: PATIENCE }, () => {
  test("xsys contains the SDK and its programs, and npm installs only this platform's executable", async () => {
    const { app } = await installed();
    expect(await packagesIn(join(app, "node_modules"))).toEqual(["xsys", `xsys-${PLATFORM}`]);
    const programs = [
      "xsys",
      "xhsc",
      "prydam",
      "guardian",
      "xypriss-guardian",
      `xsys-${xyprissName}`,
      `xhsc-${xyprissName}`,
    ];
    for (const program of programs) {
      await expect(run(join(app, "node_modules/.bin", program), ["sys", "a b"])).rejects.toMatchObject(RAN);
    }
  });

  test("npx xsys runs the executable, and so does xsys after npm i -g", async () => {
    const { app, npm } = await installed();
    await expect(npm(["exec", "--", "xsys", "sys", "a b"], app)).rejects.toMatchObject({ ...RAN, stderr: "" });
    const prefix = sandbox.path("global");
    await npm(["install", "--global", "--prefix", prefix, "xsys"], sandbox.root);
    expect(await packagesIn(join(prefix, "lib/node_modules"))).toEqual(["xsys"]); // the executable's is nested
    await expect(run(join(prefix, "bin/xsys"), ["sys", "a b"])).rejects.toMatchObject(RAN);
  });

  test("without optional dependencies the program names the missing package, and npm can install it later", async () => {
    const { app, npm } = await installed("--omit=optional");
    const program = join(app, "node_modules/.bin/xsys");
    const stderr = expect.stringContaining(`xsys: the package xsys-${PLATFORM} is not installed (an optional`);
    await expect(run(program, ["sys", "a b"])).rejects.toMatchObject({ code: 69, stdout: "", stderr });
    await npm(["install", "--include=optional"], app);
    await expect(run(program, ["sys", "a b"])).rejects.toMatchObject(RAN);
  });

  test("the SDK has no dependencies and works with import and require, also on the oldest Node here", async () => {
    const { npm, application } = npmIn(sandbox.root);
    const app = await application("app");
    await npm(["install", "--ignore-scripts", xsys.file], app);
    const node = await oldestNode();
    await sandbox.write("app/app.js", USES);
    const words = ["--import", "xsys/preload", "app.js"]; // outside of a worker, the preload does nothing
    expect((await run(node.file, words, { cwd: app })).stdout).toBe("UNAVAILABLE UNAVAILABLE function function\n");
    await sandbox.write("app/app.cjs", `console.log(typeof require("xsys").connect, typeof require("xsys/worker"))`);
    expect((await run(process.execPath, ["app.cjs"], { cwd: app })).stdout).toBe("function object\n");
  });

  test.each([
    ["nodenext", "nodenext"],
    ["node16", "node16"],
    ["esnext", "bundler"],
  ])("the SDK's types compile in an application with module %s and resolution %s", async (module, resolution) => {
    const { npm, application } = npmIn(sandbox.root);
    const app = await application("app");
    await npm(["install", "--ignore-scripts", xsys.file], app);
    await sandbox.write("app/typed.ts", TYPED);
    const words = [...TSC, "--module", module, "--moduleResolution", resolution, "typed.ts"];
    await run(process.execPath, [join(HOME, "node_modules/typescript/bin/tsc"), ...words], { cwd: app });
  });

  test("contain only the files that they need, including licenses", async () => {
    expect(xsys.paths.filter((path) => /^(clients|protocol)\//.test(path)).length).toBeGreaterThan(100);
    expect(xsys.paths.filter((path) => !/^(clients|protocol)\/.*\.(js|d\.ts)$/.test(path)).sort()).toEqual([
      "LICENSE",
      "README.md",
      "bin/guardian.cjs",
      "bin/preload.cjs",
      "bin/prydam.cjs",
      "bin/xsys.cjs",
      "bin/xypriss-guardian.cjs",
      "package.json",
    ]);
    expect([...platform.paths].sort()).toEqual(["LICENSE", "LICENSES.txt", "package.json", "xsys"]);
    expect((await stat(join(folder, `xsys-${PLATFORM}/xsys`))).mode & 0o111).toBe(0o111);
  });

  test("have the project's version and license, and the project itself is private", async () => {
    const project = JSON.parse(await readFile(join(HOME, "package.json"), "utf8"));
    const { version, license, optionalDependencies } = await manifestOf(join(folder, "xsys"));
    expect({ version, license }).toEqual({ version: project.version, license: project.license });
    const expected = Object.fromEntries(PLATFORMS.map((name) => [`xsys-${name}`, project.version]));
    expect(optionalDependencies).toEqual(expected);
    expect(await manifestOf(join(folder, `xsys-${PLATFORM}`))).toMatchObject({ version, license });
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
import { connect, connectSync } from "xsys";
import { serveWorker } from "xsys/worker";
import { createRunner } from "xsys/xypriss";
export async function digest(path: string): Promise<string> {
  const { hash } = await (await connect({ autostart: true })).fs.hash({ path });
  // @ts-expect-error a hash is a text
  const wrong: number = hash;
  return wrong ? hash : connectSync({ autostart: ["xsys", "serve"] }).fs.hash({ path }).hash;
}
export const served = serveWorker((request) => new Response(request.url));
export const user: unknown = createRunner({ autostart: false }).runSync("sys", "user");
`;

const TSC = [
  ..."--noEmit --strict --target es2022 --types node --ignoreConfig".split(" "),
  ...["--typeRoots", join(HOME, "node_modules/@types")],
];
