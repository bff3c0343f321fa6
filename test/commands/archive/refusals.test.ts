import { mkdir, symlink, writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { beforeEach, describe, expect, test } from "vitest";
import { useSandbox } from "../../support/sandbox.ts";
import { callIn, failureIn } from "../fs/in-process.ts";
import { folderState } from "./folder-state.ts";
import { tarBytes } from "./tar-bytes.ts";
import { zipBytes } from "./zip-bytes.ts";

const sandbox = useSandbox();
const LINK = 0o120777;

/** Both `dest` and the directory around it have contents. */
beforeEach(async () => {
  await sandbox.write("outside.txt", "outside");
  await mkdir(sandbox.path("elsewhere"));
  await sandbox.write("dest/there.txt", "there");
  await mkdir(sandbox.path("dest/folder"));
  await symlink("../elsewhere", sandbox.path("dest/way-out"));
});

/** Unpacks hand-made bytes, and expects that the command fails and that nothing changes. */
async function refused(kind: "untar" | "unzip", bytes: Uint8Array, options: object = {}, dest = "dest") {
  await writeFile(sandbox.path("attack"), bytes);
  const before = folderState(sandbox.root);
  const error = await failureIn(sandbox, `archive.${kind}`, { archive: "attack", dest, ...options });
  expect(folderState(sandbox.root)).toEqual(before);
  return error;
}

describe("an entry path", () => {
  test.each(["untar", "unzip"] as const)("of more than 4,096 bytes is TOO_LARGE: %s", async (kind) => {
    const bytes = kind === "untar" ? tarBytes : zipBytes;
    const entry = { name: `${"é/".repeat(1_400)}f`, contents: "" };
    const error = await refused(kind, kind === "untar" ? longNamed(entry.name) : bytes(entry));
    expect(error).toMatchObject({ code: "TOO_LARGE", message: expect.stringContaining("longer than 4096 bytes") });
  });

  test("whose implied directories exceed maxEntries is TOO_LARGE", async () => {
    const entries = Array.from({ length: 20 }, (_, i) => ({ name: `${i}/${"a/".repeat(1_000)}f`, contents: "" }));
    const error = await refused("unzip", zipBytes(...entries), { maxEntries: 100 });
    expect(error).toMatchObject({ code: "TOO_LARGE", message: expect.stringContaining("with implied folders") });
  });
});

/** Puts a GNU tar header of type `L` before the entry, because a ustar name is limited to 100 bytes. */
function longNamed(name: string): Uint8Array {
  return tarBytes({ name: "././@LongLink", type: "L", contents: `${name}\0` }, { name: "short", contents: "" });
}

describe.each(["dest", "new/dest"])("untar into %s", (dest) => {
  test.each([
    ["a name with a leading ..", { name: "../outside.txt" }],
    ["a name with .. further in", { name: "a/../../outside.txt" }],
    ["an absolute name", { name: "/tmp/xsys-outside.txt" }],
    ["a hard link to a path outside", { name: "a", type: "1", link: "../outside.txt" }],
    ["a hard link to an absolute path", { name: "a", type: "1", link: "/etc/passwd" }],
    ["a hard link to a file that was already there", { name: "a", type: "1", link: "there.txt" }],
  ])("%s is DENIED before the previous entry is written", async (_title, entry) => {
    const error = await refused("untar", tarBytes({ name: "first.txt", contents: "1" }, entry), {}, dest);
    expect(error.code).toBe("DENIED");
    expect(error.details).toMatchObject({ entry: entry.name });
  });

  test("an entry below a symbolic link of the archive is DENIED, whatever the link's target", async () => {
    for (const link of ["../elsewhere", "/tmp", "folder"]) {
      const bytes = tarBytes({ name: "l", type: "2", link }, { name: "l/x.txt", contents: "x" });
      expect((await refused("untar", bytes, {}, dest)).code).toBe("DENIED");
    }
  });

  test("a directory entry with the same name as a symbolic link of the archive is DENIED", async () => {
    const bytes = tarBytes({ name: "l", type: "2", link: "../elsewhere" }, { name: "l/", type: "5" });
    expect((await refused("untar", bytes, {}, dest)).code).toBe("DENIED");
  });

  test("a hard link to a symbolic link is DENIED", async () => {
    const bytes = tarBytes({ name: "l", type: "2", link: "/etc/passwd" }, { name: "h", type: "1", link: "l" });
    expect((await refused("untar", bytes, {}, dest)).code).toBe("DENIED");
  });

  test.each([
    ["3", "device"],
    ["6", "FIFO"],
    ["M", "file continued in another archive"],
  ])("type %s, a %s, is UNSUPPORTED", async (type) => {
    expect((await refused("untar", tarBytes({ name: "d", type }), {}, dest)).code).toBe("UNSUPPORTED");
  });

  test("more entries than maxEntries are TOO_LARGE", async () => {
    const bytes = tarBytes({ name: "a" }, { name: "b" }, { name: "c" });
    expect((await refused("untar", bytes, { maxEntries: 2 }, dest)).code).toBe("TOO_LARGE");
  });

  test("a header with a size above maxBytes is TOO_LARGE, even if the bytes are missing", async () => {
    const bytes = gzipSync(tarBytes({ name: "a", size: 8_000_000_000 }));
    expect((await refused("untar", bytes, { maxBytes: 1_000_000 }, dest)).code).toBe("TOO_LARGE");
  });

  test("too many bytes between the entries are TOO_LARGE", async () => {
    const bytes = gzipSync(Buffer.concat([tarBytes({ name: "a" }), Buffer.alloc(20_000_000)]));
    expect((await refused("untar", bytes, { maxBytes: 1_000, maxEntries: 10 }, dest)).code).toBe("TOO_LARGE");
  });

  test.each([
    ["a file that is not an archive", Buffer.from("not a tar archive".repeat(100))],
    ["an empty file", Buffer.alloc(0)],
    ["a truncated archive", tarBytes({ name: "a", contents: "x".repeat(2_000) }).subarray(0, 1_024)],
    ["a truncated compressed archive", gzipSync(tarBytes({ name: "a", contents: "x" })).subarray(0, -5)],
    ["a wrong checksum", Buffer.from(tarBytes({ name: "a" })).fill("z", 0, 1)],
    ["a wrong checksum of the compressed data", flipped(gzipSync(tarBytes({ name: "a", contents: "x" })), -6)],
  ])("%s is INVALID_DATA", async (_title, bytes) => {
    expect((await refused("untar", bytes, {}, dest)).code).toBe("INVALID_DATA");
  });
});

describe("an existing entry in dest", () => {
  test.each([
    ["a symbolic link in the path is DENIED, whatever its target", { name: "way-out/x.txt" }, "DENIED"],
    ["a symbolic link where a directory is needed is DENIED", { name: "way-out/", type: "5" }, "DENIED"],
    ["a file where a directory is needed is NOT_A_DIRECTORY", { name: "there.txt/x.txt" }, "NOT_A_DIRECTORY"],
    ["a directory where a file is needed is IS_A_DIRECTORY", { name: "folder" }, "IS_A_DIRECTORY"],
  ])("%s", async (_title, entry, code) => {
    expect((await refused("untar", tarBytes({ name: "first.txt" }, entry))).code).toBe(code);
  });

  test("a file at dest itself is NOT_A_DIRECTORY", async () => {
    const error = await refused("untar", tarBytes({ name: "a" }), {}, "outside.txt");
    expect(error.code).toBe("NOT_A_DIRECTORY");
  });

  test("a symbolic link where a file is needed is replaced, and its target is unchanged", async () => {
    await symlink("../outside.txt", sandbox.path("dest/l"));
    await writeFile(sandbox.path("a.tar"), tarBytes({ name: "l", contents: "new" }));
    await callIn(sandbox, "archive.untar", { archive: "a.tar", dest: "dest" });
    expect(folderState(sandbox.path("dest"))).toMatchObject({ l: "644 new" });
    expect(await sandbox.read("outside.txt")).toBe("outside");
  });
});

describe.each(["dest", "new/dest"])("unzip into %s", (dest) => {
  test.each([
    ["a name with a leading ..", [{ name: "../outside.txt" }]],
    ["a name with .. and backslashes", [{ name: "..\\outside.txt" }]],
    ["an absolute name", [{ name: "/tmp/xsys-outside.txt" }]],
    [
      "an entry below a symbolic link of the archive",
      [
        { name: "l", mode: LINK, contents: "../elsewhere" },
        { name: "l/x.txt", contents: "x" },
      ],
    ],
  ])("%s is DENIED", async (_title, entries) => {
    expect((await refused("unzip", zipBytes({ name: "first.txt" }, ...entries), {}, dest)).code).toBe("DENIED");
  });

  test("an archive bomb with a correct size is TOO_LARGE", async () => {
    const bytes = zipBytes({ name: "bomb", contents: Buffer.alloc(5_000_000) });
    expect((await refused("unzip", bytes, { maxBytes: 1_000_000 }, dest)).code).toBe("TOO_LARGE");
  });

  test("an archive bomb with a false size is stopped while it is expanded", async () => {
    const bytes = zipBytes({ name: "bomb", contents: Buffer.alloc(5_000_000), size: 10 });
    expect((await refused("unzip", bytes, { maxBytes: 1_000_000 }, dest)).code).toBe("INVALID_DATA");
  });

  test("more entries than maxEntries are TOO_LARGE", async () => {
    const bytes = zipBytes({ name: "a" }, { name: "b" });
    expect((await refused("unzip", bytes, { maxEntries: 1 }, dest)).code).toBe("TOO_LARGE");
  });

  test.each([
    ["a wrong checksum is INVALID_DATA", zipBytes({ name: "a", contents: "x", crc: 1 }), "INVALID_DATA"],
    ["a file that is not an archive is INVALID_DATA", Buffer.from("not a zip archive".repeat(10)), "INVALID_DATA"],
    ["a truncated archive is INVALID_DATA", zipBytes({ name: "a", contents: "x" }).subarray(10), "INVALID_DATA"],
    ["an encrypted entry is UNSUPPORTED", zipBytes({ name: "a", flags: 0x801 }), "UNSUPPORTED"],
    ["an unsupported compression method is UNSUPPORTED", zipBytes({ name: "a", method: 12 }), "UNSUPPORTED"],
    ["a FIFO is UNSUPPORTED", zipBytes({ name: "a", mode: 0o010644 }), "UNSUPPORTED"],
  ])("%s", async (_title, bytes, code) => {
    expect((await refused("unzip", bytes, {}, dest)).code).toBe(code);
  });
});

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  const index = at < 0 ? copy.length + at : at;
  copy[index] = (copy[index] ?? 0) ^ 1;
  return copy;
}
