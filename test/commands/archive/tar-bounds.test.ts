import { writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { PaxRecords } from "../../../internal/commands/archive/tasks/tar-pax.ts";
import { readTar } from "../../../internal/commands/archive/tasks/tar-reader.ts";
import { useSandbox } from "../../support/sandbox.ts";
import { callIn, failureIn } from "../fs/in-process.ts";
import { paxRecord, type RawEntry, tarBytes } from "./tar-bytes.ts";

const sandbox = useSandbox();
const LIMIT = 1_048_576;
const OFFSET = paxRecord("GNU.sparse.offset", "0");

/** An extended header of about `bytes` bytes, full of segments of a sparse file. */
const extension = (type: string, bytes: number): RawEntry => ({
  name: "x",
  type,
  contents: OFFSET.repeat(Math.floor(bytes / OFFSET.length)),
});
const file = (name: string): RawEntry => ({ name, contents: "abc" });

async function refusal(...entries: readonly RawEntry[]) {
  writeFileSync(sandbox.path("x.tgz"), gzipSync(tarBytes(...entries)));
  return failureIn(sandbox, "archive.untar", { archive: "x.tgz", dest: "out" });
}

describe("extended headers", () => {
  test.each(["x", "X", "L", "K"])(
    "of type %s before one entry are TOO_LARGE if their total exceeds the limit",
    async (type) => {
      const error = await refusal(
        extension("x", 400_000),
        extension(type, 400_000),
        extension(type, 400_000),
        file("f"),
      );
      expect(error.code).toBe("TOO_LARGE");
      expect(error.message).toContain(`the extended headers of one entry exceed ${LIMIT} bytes in total`);
    },
  );

  test("of type g are TOO_LARGE if their total exceeds the limit, even with entries between them", async () => {
    const parts = ["a", "b", "c"].flatMap((name) => [extension("g", 400_000), file(name)]);
    const error = await refusal(...parts);
    expect(error.code).toBe("TOO_LARGE");
    expect(error.message).toContain(`its global extended headers exceed ${LIMIT} bytes in total`);
  });

  test("of several entries may exceed the limit in total", async () => {
    const parts = ["a", "b", "c"].flatMap((name) => [extension("x", 800_000), file(name)]);
    writeFileSync(sandbox.path("x.tgz"), gzipSync(tarBytes(extension("g", 800_000), ...parts)));
    expect(await callIn(sandbox, "archive.untar", { archive: "x.tgz", dest: "out" })).toEqual({ entries: 3, bytes: 9 });
  });

  test("with too many segments of a sparse file are TOO_LARGE as soon as they are read", () => {
    const records = new PaxRecords();
    records.add(Buffer.from(OFFSET.repeat(400_000)));
    expect(() => records.add(Buffer.from(OFFSET))).toThrow(
      expect.objectContaining({ code: "TOO_LARGE", message: "a sparse file has more than 200000 segments" }),
    );
    expect(records.sparsePairs).toHaveLength(400_000);
  });
});

describe("a sparse map", () => {
  /** A file of type `S` in GNU's older format, whose map continues in `blocks` blocks with `parts` segments each. */
  function gnuFile(blocks: number, parts: number): Buffer {
    const bytes = tarBytes({ name: "f", type: "S", size: 0 });
    const header = bytes.subarray(0, 512);
    header[482] = 1;
    header.write("00000000000", 483);
    header.write(" ".repeat(8), 148);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
    const block = Buffer.alloc(512);
    for (let at = 0; at < parts * 24; at += 12) block.write("00000000000", at);
    block[504] = 1;
    const last = Buffer.from(block).fill(0, 504);
    return Buffer.concat([header, ...Array<Buffer>(blocks - 1).fill(block), last, bytes.subarray(512)]);
  }

  /** A file in GNU's pax format 1.0, where the map precedes the contents. */
  function paxFile(parts: number): Buffer {
    const map = `${parts}\n${"0\n0\n".repeat(parts)}`;
    const records = { "GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.realsize": "0" };
    const contents = Object.entries(records).map(([key, value]) => paxRecord(key, value));
    const padded = map.padEnd(Math.ceil(map.length / 512) * 512, "\0");
    return tarBytes({ name: "x", type: "x", contents: contents.join("") }, { name: "f", contents: padded });
  }

  /** Reads an archive and cancels at the fifth pause; returns the names of the entries that were read before. */
  async function readUntilCancelled(archive: Buffer): Promise<string[]> {
    writeFileSync(sandbox.path("x.tar"), archive);
    const seen: string[] = [];
    let left = 5;
    const pause = () => {
      if (--left === 0) throw new Error("cancelled");
      return undefined;
    };
    const limits = { maxEntries: 10, maxBytes: 1_000_000 };
    const reading = readTar(sandbox.path("x.tar"), limits, pause, ({ name }) => {
      seen.push(name);
      return undefined;
    });
    await expect(reading).rejects.toThrow("cancelled");
    return seen;
  }

  test.each([
    ["in GNU's older format", gnuFile(1_000, 21)],
    ["in GNU's pax format 1.0", paxFile(10_000)],
  ])("%s can be cancelled while it is read", async (_title, archive) => {
    writeFileSync(sandbox.path("whole.tar"), archive);
    expect(await callIn(sandbox, "archive.untar", { archive: "whole.tar", dest: "out" })).toMatchObject({ entries: 1 });
    expect(await readUntilCancelled(archive)).toEqual([]);
  });

  test("that continues in an empty block is INVALID_DATA", async () => {
    writeFileSync(sandbox.path("x.tar"), gnuFile(3, 0));
    const error = await failureIn(sandbox, "archive.untar", { archive: "x.tar", dest: "out" });
    expect(error.code).toBe("INVALID_DATA");
    expect(error.message).toContain("a sparse file's map is damaged");
  });

  test("with more than 200,000 segments is TOO_LARGE in GNU's older format", async () => {
    writeFileSync(sandbox.path("x.tar"), gnuFile(9_524, 21));
    const error = await failureIn(sandbox, "archive.untar", { archive: "x.tar", dest: "out" });
    expect(error.code).toBe("TOO_LARGE");
    expect(error.message).toContain("a sparse file has more than 200000 segments");
  });
});
