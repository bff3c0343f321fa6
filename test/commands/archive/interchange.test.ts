import { execFileSync } from "node:child_process";
import { mkdir, symlink } from "node:fs/promises";
import { beforeEach, describe, expect, test } from "vitest";
import { useSandbox } from "../../support/sandbox.ts";
import { callIn } from "../fs/in-process.ts";
import { folderState } from "./folder-state.ts";

const sandbox = useSandbox();
const LONG = "é".repeat(100);

beforeEach(async () => {
  await sandbox.write("src/a.txt", "a");
  await sandbox.write("src/large.bin", Buffer.alloc(1_500_001, "0123456789"));
  await sandbox.write(`src/${LONG}/${LONG}/${LONG}.txt`, "long");
  await mkdir(sandbox.path("src/empty"));
  await symlink(`${LONG}/${LONG}`, sandbox.path("src/link"));
});

/** Whether a program is installed. Not every machine has all of them. */
function has(program: string): boolean {
  try {
    execFileSync("sh", ["-c", `command -v ${program}`], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

function run(program: string, ...args: readonly string[]): void {
  execFileSync(program, args, { cwd: sandbox.root });
}

describe.skipIf(!has("tar"))("the system's tar", () => {
  test.each(["x.tar", "x.tgz"])("reads the %s that archive.tar wrote", async (output) => {
    await callIn(sandbox, "archive.tar", { dir: "src", output });
    await mkdir(sandbox.path("out"));
    run("tar", "xf", output, "-C", "out");
    expect(folderState(sandbox.path("out/src"))).toEqual(folderState(sandbox.path("src")));
  });

  test.each(["ustar", "gnu", "pax", "v7"])("writes the %s format so that archive.untar reads it", async (format) => {
    const names = format === "ustar" || format === "v7" ? ["src/a.txt", "src/large.bin", "src/empty"] : ["src"];
    run("tar", `--format=${format}`, "-czf", "x", ...names);
    await callIn(sandbox, "archive.untar", { archive: "x", dest: "out" });
    const [ours, original] = [folderState(sandbox.path("out/src")), folderState(sandbox.path("src"))];
    expect(ours).toEqual(
      names.length === 1 ? original : Object.fromEntries(Object.keys(ours).map((name) => [name, original[name]])),
    );
    expect(Object.keys(ours).length).toBeGreaterThan(2);
  });
});

test.skipIf(!has("unzip"))("the system's unzip reads what archive.zip wrote", async () => {
  await callIn(sandbox, "archive.zip", { dir: "src", output: "x.zip" });
  run("unzip", "-q", "x.zip", "-d", "out");
  expect(folderState(sandbox.path("out/src"))).toEqual(folderState(sandbox.path("src")));
});

test.skipIf(!has("zip"))("archive.unzip reads what the system's zip wrote", async () => {
  run("zip", "-qry", "x.zip", "src");
  await callIn(sandbox, "archive.unzip", { archive: "x.zip", dest: "out" });
  expect(folderState(sandbox.path("out/src"))).toEqual(folderState(sandbox.path("src")));
});
