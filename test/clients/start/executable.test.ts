import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { findXsys } from "../../../clients/typescript/start/executable.ts";
import { installedExecutable, PLATFORMS } from "../../../clients/typescript/start/platform-package.ts";
import { HOME } from "../../../scripts/home.ts";
import { useSandbox } from "../../support/sandbox.ts";

const sandbox = useSandbox();
const PLATFORM = `${process.platform}-${process.arch}`;
const PACKAGE = `xsys-${PLATFORM}`;
const SDK = "clients/typescript/start/executable.js";

beforeEach(() => {
  vi.stubEnv("XSYS_PATH", undefined);
  vi.stubEnv("PATH", sandbox.path("nothing"));
});
afterEach(() => {
  vi.unstubAllEnvs();
});

/** Creates a package folder with an executable and a manifest. */
async function installed(folder: string, mode = 0o755): Promise<string> {
  await sandbox.write(join(folder, "package.json"), "{}");
  return sandbox.write(join(folder, "xsys"), "#!/bin/sh\n", mode);
}

async function sdk(folder: string): Promise<string> {
  return pathToFileURL(await sandbox.write(join(folder, SDK), "")).href;
}

/** The reason why no executable was found. */
function problemOf(from: string, platform = PLATFORM): string {
  const found = installedExecutable(from, platform);
  if ("problem" in found) return found.problem;
  throw new Error(`it found ${found.file}`);
}

describe.skipIf(process.platform === "win32")("the executable is found", () => {
  test.each([
    ["beside the SDK's package", "app/node_modules/xsys", `app/node_modules/${PACKAGE}`],
    ["in a folder above, as in a monorepo", "app/packages/a/node_modules/xsys", `app/node_modules/${PACKAGE}`],
    [
      "below the SDK's package, as after npm i -g",
      "lib/node_modules/xsys",
      `lib/node_modules/xsys/node_modules/${PACKAGE}`,
    ],
  ])("%s", async (_where, ofSdk, ofPackage) => {
    const file = await installed(ofPackage);
    expect(findXsys(await sdk(ofSdk))).toEqual({ words: [file] });
  });

  test("in pnpm's store, through symbolic links", async () => {
    const store = "app/node_modules/.pnpm";
    const file = await installed(`${store}/${PACKAGE}@1.0.0/node_modules/${PACKAGE}`);
    const from = await sdk(`${store}/xsys@1.0.0/node_modules/xsys`);
    await symlink(
      `../../${PACKAGE}@1.0.0/node_modules/${PACKAGE}`,
      sandbox.path(`${store}/xsys@1.0.0/node_modules/${PACKAGE}`),
    );
    await symlink(".pnpm/xsys@1.0.0/node_modules/xsys", sandbox.path("app/node_modules/xsys"));
    expect(findXsys(from)).toEqual({ words: [file] });
  });

  test("by XSYS_PATH before all others, relative to the current folder", async () => {
    await installed(`app/node_modules/${PACKAGE}`);
    const own = await installed("own");
    vi.stubEnv("XSYS_PATH", own);
    expect(findXsys(await sdk("app/node_modules/xsys"))).toEqual({ words: [own] });
    vi.stubEnv("XSYS_PATH", "no/such/file");
    const problem = `XSYS_PATH names ${join(process.cwd(), "no/such/file")}, which is not an executable file`;
    expect(findXsys(await sdk("app/node_modules/xsys"))).toEqual({ problem });
  });

  test("in a clone of the project: its sources, run by this Node", () => {
    const from = pathToFileURL(join(HOME, "clients/typescript/start/executable.ts")).href;
    expect(findXsys(from)).toEqual({ words: [process.execPath, join(HOME, "cmd/xsys/xsys.js")] });
  });

  test("on PATH last: the first executable file", async () => {
    await mkdir(sandbox.path("folder/xsys"), { recursive: true });
    await installed("plain", 0o644);
    const file = await installed("good");
    vi.stubEnv("PATH", ["folder", "plain", "", "good"].map((name) => (name ? sandbox.path(name) : name)).join(":"));
    expect(findXsys(await sdk("app/node_modules/xsys"))).toEqual({ words: [file] });
  });
});

describe.skipIf(process.platform === "win32")("when no executable is found, the error names", () => {
  test("the package, why it is missing, and what to do", async () => {
    const problem = problemOf(await sdk("app/node_modules/xsys"));
    expect(problem).toBe(
      `the package ${PACKAGE} is not installed (an optional dependency of xsys, which --omit=optional and --no-optional ` +
        "leave out): run npm install --include=optional, or set XSYS_PATH to an executable",
    );
    expect(findXsys(await sdk("app/node_modules/xsys"))).toEqual({
      problem: `there is no xsys on PATH, and ${problem}`,
    });
  });

  test("the packages of other platforms that are installed instead", async () => {
    const other = PLATFORMS.find((platform) => platform !== PLATFORM && !platform.startsWith("win32"));
    await installed(`app/node_modules/xsys-${other}`);
    expect(problemOf(await sdk("app/node_modules/xsys"))).toContain(
      `the package ${PACKAGE} is not installed, but xsys-${other} is: node_modules was installed on another platform`,
    );
  });

  test("a platform without a published executable", async () => {
    expect(problemOf(await sdk("a"), "freebsd-x64")).toContain("no package with an executable for freebsd-x64");
  });

  test("a file that is not executable", async () => {
    const file = await installed(`app/node_modules/${PACKAGE}`, 0o644);
    expect(problemOf(await sdk("app/node_modules/xsys"))).toBe(`${file} is not an executable file`);
  });

  test("the missing package, also in a bundle without import.meta.url", () => {
    expect(problemOf(undefined as unknown as string)).toContain("not installed");
  });
});
