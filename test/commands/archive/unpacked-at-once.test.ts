import { readdir, writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import type { ArchiveEntry, Visit } from "../../../internal/commands/archive/tasks/archive-entry.ts";
import { unpack } from "../../../internal/commands/archive/tasks/unpack.ts";
import { useSandbox } from "../../support/sandbox.ts";
import { callIn } from "../fs/in-process.ts";
import { folderState } from "./folder-state.ts";
import { tarBytes } from "./tar-bytes.ts";

const sandbox = useSandbox();
const entry = (name: string): ArchiveEntry => ({
  ...{ name, kind: "file", size: 0, mode: 0o644, modified: undefined, target: undefined },
});

/** Unpacks two files, and calls `happens` before they are moved to their final paths. */
async function unpackWhile(happens: () => Promise<unknown>): Promise<Record<string, string>> {
  let readings = 0;
  const read = async (visit: Visit) => {
    for (const name of ["both/1", "own/1"]) visit(entry(name))?.end();
    if (++readings === 2) await happens();
  };
  const limits = { maxEntries: 10, maxBytes: 10 };
  const args = { archive: "x", dest: sandbox.path("dest"), interrupt: Int32Array.of(0), ...limits };
  await unpack("archive.untar", read, args);
  expect((await readdir(sandbox.root)).filter((name) => name.startsWith(".xsys"))).toEqual([]);
  return folderState(sandbox.path("dest"));
}

async function unpackAnother(): Promise<void> {
  await writeFile(
    sandbox.path("other.tar"),
    tarBytes({ name: "both/2", contents: "x" }, { name: "both/1", contents: "y" }),
  );
  await callIn(sandbox, "archive.untar", { archive: "other.tar", dest: "dest" });
}

const MERGED = { both: "755/", "both/1": "644 ", "both/2": "644 x", own: "755/", "own/1": "644 " };

test("two archives unpacked at once into the same new directory are merged", async () => {
  expect(await unpackWhile(unpackAnother)).toEqual(MERGED);
});

test("two archives unpacked at once into an existing directory are merged", async () => {
  await sandbox.write("dest/there", "t");
  expect(await unpackWhile(unpackAnother)).toEqual({ ...MERGED, there: "644 t" });
});

test("a file created at the target meanwhile is ALREADY_EXISTS and is kept", async () => {
  await expect(unpackWhile(() => sandbox.write("dest", "file"))).rejects.toMatchObject({ code: "ALREADY_EXISTS" });
  expect(await sandbox.read("dest")).toBe("file");
});

test("four archives are unpacked at once into one new directory", async () => {
  const names = ["a", "b", "c", "d"];
  for (const name of names) {
    const files = Array.from({ length: 30 }, (_, n) => ({ name: `both/${name}${n}`, contents: name }));
    await writeFile(sandbox.path(`${name}.tar`), tarBytes(...files, { name: "both/same", contents: name }));
  }
  await Promise.all(names.map((name) => callIn(sandbox, "archive.untar", { archive: `${name}.tar`, dest: "to/dest" })));
  expect(await readdir(sandbox.path("to/dest/both"))).toHaveLength(4 * 30 + 1);
  expect(await readdir(sandbox.path("to"))).toEqual(["dest"]);
});
