import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { realpath } from "node:fs/promises";
import { relative } from "node:path";
import { expect, test } from "vitest";
import { placesOf } from "../../../internal/commands/watch/shared/root-places.ts";
import { useSandbox } from "../../support/sandbox.ts";

const sandbox = useSandbox();

/** The places of a path in the sandbox, from it; those outside, as of a temporary folder that is a link, left out. */
async function places(path: string): Promise<string[]> {
  const root = await realpath(sandbox.root);
  return placesOf(`${root}/${path}`).map(({ folder, name }) => relative(root, `${folder}/${name}`));
}

test("without a link there is none", async () => {
  await sandbox.write("a/b", "");
  expect(await places("a/b")).toEqual([]);
  expect(await places("a/missing/c")).toEqual([]);
});

test("each link on the way, and what they lead to", async () => {
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

test("up to what is missing", async () => {
  symlinkSync("gone/deep/file", sandbox.path("dangling"));
  expect(await places("dangling")).toEqual(["dangling", "gone"]);
  mkdirSync(sandbox.path("gone"));
  expect(await places("dangling")).toEqual(["dangling", "gone/deep"]);
  mkdirSync(sandbox.path("gone/deep"));
  expect(await places("dangling")).toEqual(["dangling", "gone/deep/file"]);
  writeFileSync(sandbox.path("gone/deep/file"), "");
  expect(await places("dangling")).toEqual(["dangling", "gone/deep/file"]);
});

test("links in a circle come to an end", async () => {
  symlinkSync("b", sandbox.path("a"));
  symlinkSync("a", sandbox.path("b"));
  expect((await places("a")).length).toBe(41);
});

test("a target whose name is not UTF-8 is found by its bytes", async () => {
  if (process.platform !== "linux") return;
  const name = Buffer.from([0x66, 0xff]);
  writeFileSync(Buffer.concat([Buffer.from(`${sandbox.root}/`), name]), "");
  symlinkSync(name, sandbox.path("link"));
  expect(placesOf(sandbox.path("link")).at(-1)?.name).toBe("f\udcff");
});
