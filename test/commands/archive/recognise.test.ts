import { writeFile } from "node:fs/promises";
import { crc32, deflateRawSync, gzipSync, zstdCompressSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { endOfDirectory } from "../../../internal/commands/archive/tasks/zip-headers.ts";
import { useSandbox } from "../../support/sandbox.ts";
import { callIn, failureIn } from "../fs/in-process.ts";
import { folderState } from "./folder-state.ts";
import { paxRecord, tarBytes } from "./tar-bytes.ts";
import { zipBytes } from "./zip-bytes.ts";

const sandbox = useSandbox();
const hex = (text: string) => Buffer.from(text.replaceAll(" ", ""), "hex");
const skippable = (contents: string) => Buffer.concat([hex("532a4d18"), u32(contents.length), Buffer.from(contents)]);

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

async function decompressed(contents: Uint8Array): Promise<string> {
  await writeFile(sandbox.path("f"), contents);
  await callIn(sandbox, "archive.decompress", { src: "f", dest: "out" });
  return sandbox.read("out");
}

async function unpacked(kind: "untar" | "unzip", bytes: Uint8Array, name = "x"): Promise<Record<string, string>> {
  await writeFile(sandbox.path(name), bytes);
  await callIn(sandbox, `archive.${kind}`, { archive: name, dest: "out" });
  return folderState(sandbox.path("out"));
}

describe("gzip", () => {
  test("with an extra field, a name, a comment and a header checksum is read", async () => {
    const flags = hex("1f8b08 1e 00000000 0003");
    const fields = Buffer.concat([hex("0300 41420a"), Buffer.from("name\0comment\0")]);
    const header = Buffer.concat([flags, fields]);
    const sum = u32(crc32(header)).subarray(0, 2);
    const body = Buffer.concat([deflateRawSync("abc"), u32(crc32("abc")), u32(3)]);
    expect(await decompressed(Buffer.concat([header, sum, body]))).toBe("abc");
  });

  test("with several members and zero padding is read", async () => {
    expect(await decompressed(Buffer.concat([gzipSync("abc"), gzipSync("def"), Buffer.alloc(1_000)]))).toBe("abcdef");
  });
});

describe("zstd", () => {
  test("with several frames and skippable frames before, between and after them is read", async () => {
    const [abc, def] = [zstdCompressSync("abc"), zstdCompressSync("def")];
    const large = skippable("x".repeat(2_000));
    expect(await decompressed(Buffer.concat([large, skippable("y"), abc, skippable(""), def, large]))).toBe("abcdef");
  });

  test("with a window over the limit is UNSUPPORTED, not INVALID_DATA", async () => {
    await writeFile(sandbox.path("f"), hex("28b52ffd 00 90 010000"));
    const error = await failureIn(sandbox, "archive.decompress", { src: "f", dest: "out" });
    expect(error.code).toBe("UNSUPPORTED");
    expect(error.message).toContain("window");
  });

  test("with a skippable frame before a compressed tar archive is read", async () => {
    const bytes = Buffer.concat([skippable("x"), zstdCompressSync(tarBytes({ name: "a", contents: "x" }))]);
    expect(await unpacked("untar", bytes)).toEqual({ a: "644 x" });
  });
});

describe("the error for an unsupported format names the format", () => {
  test.each([
    ["xz", hex("fd377a585a00 0004e6d6b446 00000000")],
    ["bzip2", hex("425a6839 17724538 5090 00000000")],
    ["lz4", hex("04224d18 6440a701 00000080 61000000 00")],
    ["lz4", Buffer.concat([skippable("x"), hex("04224d18 6440a701")])],
    ["lzma", hex("5d00008000 ffffffffffffffff 0030c1fbffffffe0000000")],
    ["compress (.Z)", hex("1f9d90 6100")],
    ["7z", hex("377abcaf271c 0004")],
    ["rar", Buffer.from("Rar!\x1a\x07\x01\x00", "latin1")],
    ["lzip", Buffer.from("LZIP\x01\x0c", "latin1")],
    ["cpio", Buffer.from("070701".padEnd(200, "0"))],
  ])("%s", async (name, bytes) => {
    await writeFile(sandbox.path("f"), bytes);
    for (const [command, params] of [
      ["archive.decompress", { src: "f", dest: "out" }],
      ["archive.untar", { archive: "f", dest: "out" }],
      ["archive.unzip", { archive: "f", dest: "out" }],
    ] as const) {
      const error = await failureIn(sandbox, command, params);
      expect(error.code).toBe("UNSUPPORTED");
      expect(error.message).toContain(name);
      expect(error.message).not.toContain("damaged");
    }
  });

  test("archive.untar refuses a zip archive and names archive.unzip, and archive.unzip refuses a tar archive", async () => {
    await writeFile(sandbox.path("f"), zipBytes({ name: "a" }));
    const error = await failureIn(sandbox, "archive.untar", { archive: "f", dest: "out" });
    expect([error.code, error.message]).toEqual(["INVALID_DATA", expect.stringContaining("archive.unzip")]);
    await writeFile(sandbox.path("f"), tarBytes({ name: "a" }));
    expect((await failureIn(sandbox, "archive.unzip", { archive: "f", dest: "out" })).code).toBe("INVALID_DATA");
  });

  test("archive.unzip names the unsupported compression method of an entry", async () => {
    await writeFile(sandbox.path("f"), zipBytes({ name: "a", method: 12 }));
    const error = await failureIn(sandbox, "archive.unzip", { archive: "f", dest: "out" });
    expect([error.code, error.message]).toEqual(["UNSUPPORTED", expect.stringContaining("bzip2")]);
  });
});

describe("tar", () => {
  test("of the v7 format is recognized by its checksum, even if it was computed with signed bytes", async () => {
    const format = "v7";
    const entries = [
      { name: "d/", type: "\0", format },
      { name: "d/a", type: "\0", contents: "x", format },
      { name: "d/é", contents: "y", format, checksum: "signed" },
    ] as const;
    expect(await unpacked("untar", tarBytes(...entries))).toEqual({ d: "644/", "d/a": "644 x", "d/é": "644 y" });
  });

  test("without entries, without an end marker, or with a volume label is read", async () => {
    expect(await unpacked("untar", Buffer.alloc(10_240))).toEqual({});
    expect(await unpacked("untar", tarBytes({ name: "a", contents: "x" }).subarray(0, 1_024))).toEqual({ a: "644 x" });
    const labelled = tarBytes({ name: "backup of Monday", type: "V" }, { name: "b" });
    expect(await unpacked("untar", labelled)).toEqual({ a: "644 x", b: "644 " });
  });

  test("with a name that ends in .br but without compression is read", async () => {
    expect(await unpacked("untar", tarBytes({ name: "a", contents: "x" }), "x.br")).toEqual({ a: "644 x" });
  });

  test("with a line feed in a pax name is read, and a later empty value removes an earlier one", async () => {
    const name = paxRecord("path", "one\ntwo");
    const bytes = tarBytes(
      { name: "x", type: "x", contents: name + paxRecord("comment", "12 a=b\n") },
      { name: "short", contents: "1" },
      { name: "x", type: "x", contents: name + paxRecord("path", "") },
      { name: "own", contents: "2" },
    );
    expect(await unpacked("untar", bytes)).toEqual({ "one\ntwo": "644 1", own: "644 2" });
  });

  test.each([
    ["a pax record with a wrong length", { name: "x", type: "x", contents: "99 path=a\n" }],
    ["a pax record without a line feed", { name: "x", type: "x", contents: "9 path=a1" }],
    ["a pax size that is not a number", { name: "x", type: "x", contents: paxRecord("size", "-1") }],
  ])("%s is INVALID_DATA", async (_title, entry) => {
    await writeFile(sandbox.path("x"), tarBytes(entry, { name: "a" }));
    expect((await failureIn(sandbox, "archive.untar", { archive: "x", dest: "out" })).code).toBe("INVALID_DATA");
  });

  test("with an extended header of more than one MiB is TOO_LARGE", async () => {
    await writeFile(sandbox.path("x"), tarBytes({ name: "x", type: "x", size: 2_000_000 }));
    expect((await failureIn(sandbox, "archive.untar", { archive: "x", dest: "out" })).code).toBe("TOO_LARGE");
  });
});

describe("zip", () => {
  const archive = zipBytes({ name: "a", contents: "x".repeat(300_000) }, { name: "b", contents: "y" });
  const state = { a: `644 ${"x".repeat(300_000)}`, b: "644 y" };

  test.each([
    ["a program before it", Buffer.concat([Buffer.from("#!/bin/sh\nexit\n"), archive])],
    ["bytes after it", Buffer.concat([archive, Buffer.alloc(512)])],
    ["both", Buffer.concat([Buffer.alloc(5_000, "#"), archive, Buffer.from("more")])],
  ])("with %s is read", async (_title, bytes) => {
    expect(await unpacked("unzip", bytes)).toEqual(state);
  });

  test("without entries is read", async () => {
    expect(await unpacked("unzip", zipBytes())).toEqual({});
    expect(await unpacked("unzip", Buffer.concat([Buffer.from("program"), zipBytes()]))).toEqual({});
  });

  test("with zip64 fields at its end and a program before it is read", async () => {
    const plain = zipBytes({ name: "a", contents: "x" });
    const [size, offset] = [plain.readUInt32LE(plain.length - 10), plain.readUInt32LE(plain.length - 6)];
    const narrow = plain.subarray(0, plain.length - 22);
    const record = wideEnd(size, offset);
    const wide = Buffer.concat([narrow, record, endOfDirectory(0xffff, 0xffff_ffff, 0xffff_ffff).subarray(-22)]);
    expect(await unpacked("unzip", wide)).toEqual({ a: "644 x" });
    expect(await unpacked("unzip", Buffer.concat([Buffer.alloc(777, "#"), wide]))).toEqual({ a: "644 x" });
  });

  test("that is one part of a split archive is UNSUPPORTED", async () => {
    const bytes = Buffer.from(zipBytes({ name: "a" }));
    bytes.writeUInt16LE(3, bytes.length - 18);
    await writeFile(sandbox.path("x"), bytes);
    const error = await failureIn(sandbox, "archive.unzip", { archive: "x", dest: "out" });
    expect([error.code, error.message]).toEqual(["UNSUPPORTED", expect.stringContaining("split")]);
  });
});

/** The zip64 end record of a directory with one entry, and its locator (APPNOTE 4.3.14 and 4.3.15). */
function wideEnd(size: number, offset: number): Buffer {
  const end = Buffer.alloc(56 + 20);
  end.writeUInt32LE(0x06064b50, 0);
  end.writeBigUInt64LE(44n, 4);
  end.writeBigUInt64LE(1n, 24);
  end.writeBigUInt64LE(1n, 32);
  end.writeBigUInt64LE(BigInt(size), 40);
  end.writeBigUInt64LE(BigInt(offset), 48);
  end.writeUInt32LE(0x07064b50, 56);
  end.writeBigUInt64LE(BigInt(offset + size), 64);
  end.writeUInt32LE(1, 72);
  return end;
}
