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

/** `dest` has something in it, and so has what surrounds it. */
beforeEach(async () => {
  await sandbox.write("outside.txt", "outside");
  await mkdir(sandbox.path("elsewhere"));
  await sandbox.write("dest/there.txt", "there");
  await mkdir(sandbox.path("dest/folder"));
  await symlink("../elsewhere", sandbox.path("dest/way-out"));
});

/** Unpacks by hand-made bytes, expects a failure, and that nothing at all has changed. */
async function refused(kind: "untar" | "unzip", bytes: Uint8Array, options: object = {}, dest = "dest") {
  await writeFile(sandbox.path("attack"), bytes);
  const before = folderState(sandbox.root);
  const error = await failureIn(sandbox, `archive.${kind}`, { archive: "attack", dest, ...options });
  expect(folderState(sandbox.root)).toEqual(before);
  return error;
}

describe("a path", () => {
  test.each(["untar", "unzip"] as const)("of more than 4,096 bytes is TOO_LARGE: %s", async (kind) => {
    const bytes = kind === "untar" ? tarBytes : zipBytes;
    const entry = { name: `${"é/".repeat(1_400)}f`, contents: "" };
    const error = await refused(kind, kind === "untar" ? longNamed(entry.name) : bytes(entry));
    expect(error).toMatchObject({ code: "TOO_LARGE", message: expect.stringContaining("longer than 4096 bytes") });
  });

  test("in as many folders as no archive may have entries is TOO_LARGE", async () => {
    const entries = Array.from({ length: 20 }, (_, i) => ({ name: `${i}/${"a/".repeat(1_000)}f`, contents: "" }));
    const error = await refused("unzip", zipBytes(...entries), { maxEntries: 100 });
    expect(error).toMatchObject({ code: "TOO_LARGE", message: expect.stringContaining("with implied folders") });
  });
});

/** With a header `L` of GNU tar in front, as a name of ustar is short. */
function longNamed(name: string): Uint8Array {
  return tarBytes({ name: "././@LongLink", type: "L", contents: `${name}\0` }, { name: "short", contents: "" });
}

describe.each(["dest", "new/dest"])("untar into %s", (dest) => {
  test.each([
    ["a name that leads up", { name: "../outside.txt" }],
    ["one that does so further in", { name: "a/../../outside.txt" }],
    ["an absolute name", { name: "/tmp/xsys-outside.txt" }],
    ["a hard link to outside", { name: "a", type: "1", link: "../outside.txt" }],
    ["a hard link to an absolute path", { name: "a", type: "1", link: "/etc/passwd" }],
    ["a hard link to what is there already", { name: "a", type: "1", link: "there.txt" }],
  ])("%s is DENIED before the entry ahead of it is written", async (_title, entry) => {
    const error = await refused("untar", tarBytes({ name: "first.txt", contents: "1" }, entry), {}, dest);
    expect(error.code).toBe("DENIED");
    expect(error.details).toMatchObject({ entry: entry.name });
  });

  test("an entry below a link of the archive is DENIED, wherever the link leads", async () => {
    for (const link of ["../elsewhere", "/tmp", "folder"]) {
      const bytes = tarBytes({ name: "l", type: "2", link }, { name: "l/x.txt", contents: "x" });
      expect((await refused("untar", bytes, {}, dest)).code).toBe("DENIED");
    }
  });

  test("a folder in the place of a link of the archive is DENIED", async () => {
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
    ["M", "file that goes on in another archive"],
  ])("type %s, a %s, is UNSUPPORTED", async (type) => {
    expect((await refused("untar", tarBytes({ name: "d", type }), {}, dest)).code).toBe("UNSUPPORTED");
  });

  test("more entries than allowed are TOO_LARGE", async () => {
    const bytes = tarBytes({ name: "a" }, { name: "b" }, { name: "c" });
    expect((await refused("untar", bytes, { maxEntries: 2 }, dest)).code).toBe("TOO_LARGE");
  });

  test("a header that tells of more bytes than allowed is TOO_LARGE, though they are not there", async () => {
    const bytes = gzipSync(tarBytes({ name: "a", size: 8_000_000_000 }));
    expect((await refused("untar", bytes, { maxBytes: 1_000_000 }, dest)).code).toBe("TOO_LARGE");
  });

  test("a bomb between the entries is TOO_LARGE", async () => {
    const bytes = gzipSync(Buffer.concat([tarBytes({ name: "a" }), Buffer.alloc(20_000_000)]));
    expect((await refused("untar", bytes, { maxBytes: 1_000, maxEntries: 10 }, dest)).code).toBe("TOO_LARGE");
  });

  test.each([
    ["no archive at all", Buffer.from("not a tar archive".repeat(100))],
    ["an empty file", Buffer.alloc(0)],
    ["an archive cut short", tarBytes({ name: "a", contents: "x".repeat(2_000) }).subarray(0, 1_024)],
    ["a compressed one cut short", gzipSync(tarBytes({ name: "a", contents: "x" })).subarray(0, -5)],
    ["a wrong checksum", Buffer.from(tarBytes({ name: "a" })).fill("z", 0, 1)],
    ["a wrong checksum of what is compressed", flipped(gzipSync(tarBytes({ name: "a", contents: "x" })), -6)],
  ])("%s is INVALID_DATA", async (_title, bytes) => {
    expect((await refused("untar", bytes, {}, dest)).code).toBe("INVALID_DATA");
  });
});

describe("what stands in the way in dest", () => {
  test.each([
    ["a link on the way, wherever it leads", { name: "way-out/x.txt" }, "DENIED"],
    ["a link where a folder is to be", { name: "way-out/", type: "5" }, "DENIED"],
    ["a file where a folder is to be", { name: "there.txt/x.txt" }, "NOT_A_DIRECTORY"],
    ["a folder where a file is to be", { name: "folder" }, "IS_A_DIRECTORY"],
  ])("%s", async (_title, entry, code) => {
    expect((await refused("untar", tarBytes({ name: "first.txt" }, entry))).code).toBe(code);
  });

  test("a file in dest's own place", async () => {
    const error = await refused("untar", tarBytes({ name: "a" }), {}, "outside.txt");
    expect(error.code).toBe("NOT_A_DIRECTORY");
  });

  test("a link in a file's place is replaced, and what it leads to is left alone", async () => {
    await symlink("../outside.txt", sandbox.path("dest/l"));
    await writeFile(sandbox.path("a.tar"), tarBytes({ name: "l", contents: "new" }));
    await callIn(sandbox, "archive.untar", { archive: "a.tar", dest: "dest" });
    expect(folderState(sandbox.path("dest"))).toMatchObject({ l: "644 new" });
    expect(await sandbox.read("outside.txt")).toBe("outside");
  });
});

describe.each(["dest", "new/dest"])("unzip into %s", (dest) => {
  test.each([
    ["a name that leads up", [{ name: "../outside.txt" }]],
    ["a name that leads up by backslashes", [{ name: "..\\outside.txt" }]],
    ["an absolute name", [{ name: "/tmp/xsys-outside.txt" }]],
    [
      "an entry below a link of the archive",
      [
        { name: "l", mode: LINK, contents: "../elsewhere" },
        { name: "l/x.txt", contents: "x" },
      ],
    ],
  ])("%s is DENIED", async (_title, entries) => {
    expect((await refused("unzip", zipBytes({ name: "first.txt" }, ...entries), {}, dest)).code).toBe("DENIED");
  });

  test("a bomb that tells its size is TOO_LARGE", async () => {
    const bytes = zipBytes({ name: "bomb", contents: Buffer.alloc(5_000_000) });
    expect((await refused("unzip", bytes, { maxBytes: 1_000_000 }, dest)).code).toBe("TOO_LARGE");
  });

  test("a bomb that lies about its size is caught while it expands", async () => {
    const bytes = zipBytes({ name: "bomb", contents: Buffer.alloc(5_000_000), size: 10 });
    expect((await refused("unzip", bytes, { maxBytes: 1_000_000 }, dest)).code).toBe("INVALID_DATA");
  });

  test("more entries than allowed are TOO_LARGE", async () => {
    const bytes = zipBytes({ name: "a" }, { name: "b" });
    expect((await refused("unzip", bytes, { maxEntries: 1 }, dest)).code).toBe("TOO_LARGE");
  });

  test.each([
    ["a wrong checksum", zipBytes({ name: "a", contents: "x", crc: 1 }), "INVALID_DATA"],
    ["no archive at all", Buffer.from("not a zip archive".repeat(10)), "INVALID_DATA"],
    ["one cut short", zipBytes({ name: "a", contents: "x" }).subarray(10), "INVALID_DATA"],
    ["encryption", zipBytes({ name: "a", flags: 0x801 }), "UNSUPPORTED"],
    ["a rare compression", zipBytes({ name: "a", method: 12 }), "UNSUPPORTED"],
    ["a FIFO", zipBytes({ name: "a", mode: 0o010644 }), "UNSUPPORTED"],
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
