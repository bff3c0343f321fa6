import { chmod, lstat, mkdir, readdir, writeFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import packTar from "../../../internal/commands/archive/tasks/pack-tar.ts";
import unpackTar from "../../../internal/commands/archive/tasks/unpack-tar.ts";
import { callAsOrdinaryUser } from "../../support/ordinary-user.ts";
import { useSandbox } from "../../support/sandbox.ts";
import { callIn, failureIn } from "../fs/in-process.ts";
import { folderState } from "./folder-state.ts";
import { type RawEntry, tarBytes } from "./tar-bytes.ts";
import { zipBytes } from "./zip-bytes.ts";

const sandbox = useSandbox();

async function untar(...entries: readonly RawEntry[]): Promise<Record<string, string>> {
  await writeFile(sandbox.path("x.tar"), tarBytes(...entries));
  await callIn(sandbox, "archive.untar", { archive: "x.tar", dest: "dest" });
  return folderState(sandbox.path("dest"));
}

describe("unpacking into a directory with contents", () => {
  test("replaces files and keeps everything else, including the modes of directories", async () => {
    await sandbox.write("dest/d/old.txt", "old");
    await sandbox.write("dest/d/stays.txt", "stays");
    await chmod(sandbox.path("dest/d"), 0o700);
    expect(
      await untar(
        { name: "d/", type: "5", mode: 0o755 },
        { name: "d/old.txt", contents: "new" },
        { name: "d/sub/", type: "5", mode: 0o550 },
        { name: "d/sub/x", contents: "x", mode: 0o444 },
      ),
    ).toEqual({
      d: "700/",
      "d/old.txt": "644 new",
      "d/stays.txt": "644 stays",
      "d/sub": "550/",
      "d/sub/x": "444 x",
    });
    expect(await readdir(sandbox.root)).toEqual(["dest", "x.tar"]);
    await chmod(sandbox.path("dest/d/sub"), 0o700);
  });
});

describe("unpacking an archive", () => {
  test("keeps the later of two entries with the same name, as tar -r writes them", async () => {
    expect(
      await untar(
        { name: "a", contents: "1" },
        { name: "b", type: "2", link: "a" },
        { name: "a", contents: "2" },
        { name: "b", contents: "3" },
      ),
    ).toEqual({ a: "644 2", b: "644 3" });
  });

  test("accepts a leading ./ and creates missing directories", async () => {
    expect(await untar({ name: "./", type: "5" }, { name: "./d/./a", contents: "x" })).toMatchObject({
      "d/a": "644 x",
    });
  });

  test("keeps symbolic links whatever their target, and keeps hard links as one file", async () => {
    expect(
      await untar(
        { name: "a", contents: "x" },
        { name: "h", type: "1", link: "a" },
        { name: "l", type: "2", link: "/nowhere" },
      ),
    ).toEqual({ a: "644 x", h: "644 x", l: "-> /nowhere" });
    expect((await lstat(sandbox.path("dest/a"))).nlink).toBe(2);
  });

  test("drops the set-user-ID, set-group-ID and sticky bits", async () => {
    expect(await untar({ name: "a", contents: "x", mode: 0o6755 }, { name: "d", type: "5", mode: 0o1777 })).toEqual({
      a: "755 x",
      d: "777/",
    });
  });

  test("made on DOS gives files the umask's mode", async () => {
    await writeFile(sandbox.path("x.zip"), zipBytes({ name: "d\\a.txt", contents: "x", mode: 0 }));
    await callIn(sandbox, "archive.unzip", { archive: "x.zip", dest: "dest" });
    const mode = (0o666 & ~process.umask()).toString(8);
    expect(folderState(sandbox.path("dest"))).toMatchObject({ "d/a.txt": `${mode} x` });
  });
});

test("the error for a name that the file system refuses contains the caller's path, and no file is left", async () => {
  await writeFile(sandbox.path("x.zip"), zipBytes({ name: "a" }, { name: "n".repeat(300) }));
  const error = await failureIn(sandbox, "archive.unzip", { archive: "x.zip", dest: "dest" });
  expect(error.details).toMatchObject({ errno: "ENAMETOOLONG", path: sandbox.path("dest", "n".repeat(300)) });
  expect(await readdir(sandbox.root)).toEqual(["x.zip"]);
});

test("an interrupted unpacking leaves nothing, not even parent directories", async () => {
  await writeFile(sandbox.path("x.tar"), tarBytes({ name: "a", contents: "x" }));
  const args = { archive: sandbox.path("x.tar"), dest: sandbox.path("p/q/dest"), maxEntries: 10, maxBytes: 10 };
  await expect(unpackTar({ ...args, interrupt: Int32Array.of(1) })).rejects.toThrow("interrupted");
  expect(await readdir(sandbox.root)).toEqual(["x.tar"]);
});

test("an interrupted packing keeps the old archive", async () => {
  await sandbox.write("src/a", "x");
  await sandbox.write("x.tar", "old");
  const [dir, output] = [sandbox.path("src"), sandbox.path("x.tar")];
  const work = packTar({ dir, output, compression: "gzip", level: undefined, interrupt: Int32Array.of(1) });
  await expect(work).rejects.toThrow("interrupted");
  expect(folderState(sandbox.root)).toEqual({ src: "755/", "src/a": "644 x", "x.tar": "644 old" });
});

test("an archive does not contain itself, neither the new file nor the one it replaces", async () => {
  await sandbox.write("src/a", "x");
  for (const format of ["tar", "zip"] as const) {
    const output = `src/x.${format}`;
    for (let time = 0; time < 2; time++) {
      expect((await callIn(sandbox, `archive.${format}`, { dir: "src", output })).entries).toBe(
        format === "tar" ? 2 : 3,
      );
    }
  }
});

test("a single file is packed under its own name", async () => {
  await sandbox.write("d/a.txt", "x");
  await callIn(sandbox, "archive.tar", { dir: "d/a.txt", output: "x.tar" });
  await callIn(sandbox, "archive.untar", { archive: "x.tar", dest: "dest" });
  expect(folderState(sandbox.path("dest"))).toEqual({ "a.txt": "644 x" });
});

describe("an ordinary user", () => {
  test("can unpack directories without write permission over existing ones", async () => {
    await mkdir(sandbox.path("dest/d"), { recursive: true });
    const entries = [
      { name: "d/", type: "5", mode: 0o555 },
      { name: "d/sub/", type: "5", mode: 0o555 },
      { name: "d/sub/a", contents: "x" },
    ];
    await writeFile(sandbox.path("x.tar"), tarBytes(...entries));
    for (const path of ["", "dest", "dest/d"]) await chmod(sandbox.path(path), 0o777);
    const params = { archive: "x.tar", dest: "dest" };
    const outcome = await callAsOrdinaryUser(sandbox.root, "archive.untar", params, { ...params, dest: "warm-up" });
    expect(outcome).toEqual({ result: { entries: 3, bytes: 1 } });
    expect(folderState(sandbox.path("dest"))).toEqual({ d: "777/", "d/sub": "555/", "d/sub/a": "644 x" });
    await chmod(sandbox.path("dest/d/sub"), 0o777);
    await chmod(sandbox.path("warm-up/d/sub"), 0o777);
    await chmod(sandbox.path("warm-up/d"), 0o777);
  });

  test("is DENIED an unreadable file, and no archive is left", async () => {
    await sandbox.write("src/secret", "x", 0o000);
    await chmod(sandbox.root, 0o777);
    const outcome = await callAsOrdinaryUser(
      sandbox.root,
      "archive.tar",
      { dir: "src", output: "x.tar" },
      { dir: "none", output: "x.tar" },
    );
    expect(outcome).toMatchObject({ code: "DENIED" });
    expect(await readdir(sandbox.root)).toEqual(["src"]);
  });
});
