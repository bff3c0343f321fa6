import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { realpath } from "node:fs/promises";
import { relative } from "node:path";
import { expect, test } from "vitest";
import { placesOf } from "../../internal/watching/root-places.ts";
import { useSandbox } from "../support/sandbox.ts";

const sandbox = useSandbox();

/**
 * The places of a path in the sandbox, relative to it. Without those outside, for example if /tmp is a symbolic link.
 */
async function places(path: string): Promise<string[]> {
  const root = await realpath(sandbox.root);
  return placesOf(`${root}/${path}`).map(({ folder, name }) => relative(root, `${folder}/${name}`));
}

test("a path without symbolic links has no places", async () => {
  await sandbox.write("a/b", "");
  expect(await places("a/b")).toEqual([]);
  expect(await places("a/missing/c")).toEqual([]);
});

test("the places are each symbolic link on the path, and their targets", async () => {
  await sandbox.write("map/..1/file", "");
  symlinkSync("..1", sandbox.path("map/..data"));
  symlinkSync("./..data//file", sandbox.path("map/file"));
  symlinkSync(sandbox.path("map"), sandbox.path("absolute"));
  symlinkSync("../absolute", sandbox.path("map/up"));
  expect(await places("map/file")).toEqual(["map/file", "map/..data", "map/..1/file"]);
  expect(await places("absolute/up/file")).toEqual([
    "absolute",
    "map/up",
    "absolute",
    "map/file",
    "map/..data",
    "map/..1/file",
  ]);
  expect(await places("map/..data")).toEqual(["map/..data", "map/..1"]);
});

test("the places end at the first missing entry", async () => {
  symlinkSync("gone/deep/file", sandbox.path("dangling"));
  expect(await places("dangling")).toEqual(["dangling", "gone"]);
  mkdirSync(sandbox.path("gone"));
  expect(await places("dangling")).toEqual(["dangling", "gone/deep"]);
  mkdirSync(sandbox.path("gone/deep"));
  expect(await places("dangling")).toEqual(["dangling", "gone/deep/file"]);
  writeFileSync(sandbox.path("gone/deep/file"), "");
  expect(await places("dangling")).toEqual(["dangling", "gone/deep/file"]);
});

test("a cycle of symbolic links ends", async () => {
  symlinkSync("b", sandbox.path("a"));
  symlinkSync("a", sandbox.path("b"));
  expect((await places("a")).length).toBe(41);
});

test("a target with a name that is not UTF-8 is found by its bytes", async () => {
  if (process.platform !== "linux") return;
  const name = Buffer.from([0x66, 0xff]);
  writeFileSync(Buffer.concat([Buffer.from(`${sandbox.root}/`), name]), "");
  symlinkSync(name, sandbox.path("link"));
  expect(placesOf(sandbox.path("link")).at(-1)?.name).toBe("f\udcff");
});
