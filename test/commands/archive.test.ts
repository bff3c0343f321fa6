import { existsSync, readFileSync } from "node:fs";
import { chmod, link, lstat, mkdir, readFile, symlink, utimes } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { folderState } from "./archive/folder-state.ts";
import { tarBytes } from "./archive/tar-bytes.ts";
import { threeWays } from "./three-ways.ts";

threeWays("archive", ({ sandbox, call, failure }) => {
  async function furnish(): Promise<void> {
    await sandbox.write("src/a.txt", "a", 0o640);
    await sandbox.write("src/sub/run.sh", "#!/bin/sh\n", 0o755);
    await mkdir(sandbox.path("src/empty"));
    await symlink("../a.txt", sandbox.path("src/sub/link"));
    await link(sandbox.path("src/a.txt"), sandbox.path("src/hard.txt"));
    await chmod(sandbox.path("src/empty"), 0o700);
    for (const path of ["src/a.txt", "src/sub"]) await utimes(sandbox.path(path), 1e9, 1e9);
  }

  test("decompress restores what compress packed", async () => {
    await sandbox.write("notes.txt", "hello\n".repeat(1_000));
    const packed = await call("archive.compress", { src: "notes.txt", dest: "packed/notes.gz" });
    expect(packed.read).toBe(6_000);
    expect(gunzipSync(await readFile(sandbox.path("packed/notes.gz"))).length).toBe(6_000);
    expect(await call("archive.decompress", { src: "packed/notes.gz", dest: "back.txt" })).toEqual({
      read: packed.written,
      written: 6_000,
    });
    expect(await sandbox.read("back.txt")).toBe("hello\n".repeat(1_000));
  });

  test.each(["tar", "zip"] as const)(
    "unpacking restores what %s packed, below the directory's name",
    async (format) => {
      await furnish();
      const output = `out.${format}`;
      const packed = await call(`archive.${format}`, { dir: "src", output });
      expect(packed.entries).toBe(7);
      const unpacked = await call(`archive.un${format}`, { archive: output, dest: "new/dest" });
      expect(unpacked.entries).toBe(7);
      expect(folderState(sandbox.path("new/dest/src"))).toEqual(folderState(sandbox.path("src")));
      for (const path of ["a.txt", "sub"]) {
        expect((await lstat(sandbox.path("new/dest/src", path))).mtimeMs).toBe(1e12);
      }
    },
  );

  test("an archive entry outside dest is DENIED, and the error names the entry", async () => {
    await sandbox.write("attack.tar", tarBytes({ name: "../x.txt" }));
    const error = await failure("archive.untar", { archive: "attack.tar", dest: "dest" });
    expect(error).toMatchObject({ code: "DENIED", details: { entry: "../x.txt" } });
    expect(error.message).toContain("attack.tar");
  });

  const SHORT = "/sys/devices/system/cpu/online"; // stat reports 4,096 bytes; the content is a few bytes
  test.skipIf(!existsSync(SHORT)).each(["tar", "zip"] as const)(
    "%s of a file shorter than its reported size fails and leaves a complete archive",
    async (format) => {
      const error = await failure(`archive.${format}`, { dir: SHORT, output: "x" });
      expect(error).toMatchObject({ code: "INVALID_DATA", message: expect.stringContaining(SHORT) });
      await call(`archive.un${format}`, { archive: "x", dest: "out" });
      expect(await sandbox.read("out/online")).toBe(readFileSync(SHORT, "utf8"));
    },
  );

  test("untar restores a sparse file of GNU tar with its name and its holes", async () => {
    const archive = new URL("./archive/fixtures/sparse-pax-1.0.tar.gz", import.meta.url).pathname;
    expect((await call("archive.untar", { archive, dest: "out" })).entries).toBe(4);
    expect(await lstat(sandbox.path("out/allhole"))).toMatchObject({ size: 300_000, blocks: 0 });
  });
});
