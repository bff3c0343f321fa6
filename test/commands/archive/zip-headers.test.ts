import { expect, test } from "vitest";
import { fromBufferPromise } from "yauzl";
import { centralHeader, endOfDirectory } from "../../../internal/commands/archive/tasks/zip-headers.ts";

const RECORD = {
  name: Buffer.from("large.bin"),
  method: 8,
  mode: 0o100640,
  modified: new Date(1e12),
  isFolder: false,
  isStreamed: true,
  crc: 0xffffffff,
  size: 5_000_000_000,
  packed: 4_999_999_999,
  offset: 0,
};

test("sizes above 32 bits are written to the zip64 fields", async () => {
  const directory = centralHeader(RECORD);
  const zip = await fromBufferPromise(Buffer.concat([directory, endOfDirectory(1, 0, directory.length)]), {
    lazyEntries: true,
  });
  for await (const entry of zip.eachEntry()) {
    expect(entry).toMatchObject({
      fileName: "large.bin",
      uncompressedSize: RECORD.size,
      compressedSize: RECORD.packed,
    });
    expect(entry.getLastModDate().getTime()).toBe(1e12);
    expect((entry.externalFileAttributes >>> 16).toString(8)).toBe("100640");
  }
});

test("an entry count above 65,535 is written to the zip64 end record", async () => {
  const zip = await fromBufferPromise(endOfDirectory(70_000, 0, 0), { lazyEntries: true });
  expect(zip.entryCount).toBe(70_000);
});
