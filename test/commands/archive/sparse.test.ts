import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { readFile, truncate } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { useSandbox } from "../../support/sandbox.ts";
import { callIn, failureIn } from "../fs/in-process.ts";
import { paxRecord, tarBytes } from "./tar-bytes.ts";

const sandbox = useSandbox();
const LONG = "l".repeat(110);

/** The files that Debian's tar 1.34 packed with `tar -S` in each of its formats. */
function packedFiles(): Record<string, Buffer> {
  const many = Buffer.alloc(31 * 16_384);
  for (let n = 0; n < 30; n++) many.fill(65 + (n % 26), n * 16_384, n * 16_384 + 512);
  const long = Buffer.alloc(1_048_576);
  long.fill("B", 500_000, 505_000).write("Z", 1_048_575);
  return { many, allhole: Buffer.alloc(300_000), plain: Buffer.from("plain\n"), [LONG]: long };
}

async function expectFiles(folder: string, files: Record<string, Buffer>): Promise<void> {
  for (const [name, contents] of Object.entries(files)) {
    expect((await readFile(sandbox.path(folder, name))).equals(contents), name).toBe(true);
  }
}

const diskBytes = (path: string) => statSync(sandbox.path(path)).blocks * 512;

test.each(["pax-0.0", "pax-0.1", "pax-1.0", "gnu"])("untar restores a sparse file in the format %s", async (format) => {
  const archive = new URL(`fixtures/sparse-${format}.tar.gz`, import.meta.url).pathname;
  const files = packedFiles();
  const bytes = Object.values(files).reduce((sum, { length }) => sum + length, 0);
  expect(await callIn(sandbox, "archive.untar", { archive, dest: "out" })).toEqual({ entries: 4, bytes });
  await expectFiles("out", files);
  expect(diskBytes("out/allhole")).toBeLessThan(65_536);
  expect(diskBytes(`out/${LONG}`)).toBeLessThan(300_000);
  expect(statSync(sandbox.path("out/many")).mtimeMs).toBe(1_700_000_000_000);
});

const hasTar = spawnSync("tar", ["--version"]).stdout?.includes("GNU tar") ?? false;
const FORMATS = [
  ["--format=gnu"],
  ["--format=oldgnu"],
  ...["0.0", "0.1", "1.0"].map((version) => ["--format=pax", `--sparse-version=${version}`]),
];
test.skipIf(!hasTar).each(FORMATS)(
  "untar restores sparse files that this machine's GNU tar packed with %s %s",
  async (...format) => {
    const files = { ...packedFiles(), big: Buffer.alloc(12_000_000) };
    files.big.write("middle", 6_000_000);
    for (const [name, contents] of Object.entries(files)) {
      await sandbox.write(`in/${name}`, "");
      await truncate(sandbox.path("in", name), contents.length);
      for (let at = 0; at < contents.length; at += 4_096) {
        const block = contents.subarray(at, at + 4_096);
        if (!block.every((byte) => byte === 0)) writeAt(`in/${name}`, block, at);
      }
    }
    execFileSync("tar", ["-S", ...format.filter((word) => word !== undefined), "-cf", "x.tar", "-C", "in", "."], {
      cwd: sandbox.root,
    });
    await callIn(sandbox, "archive.untar", { archive: "x.tar", dest: "out" });
    await expectFiles("out", files);
  },
);

function writeAt(path: string, bytes: Buffer, position: number): void {
  const all = readFileSync(sandbox.path(path));
  bytes.copy(all, position);
  writeFileSync(sandbox.path(path), all);
}

describe("a sparse map", () => {
  const file = (records: readonly (readonly [string, string])[], contents = "abc") =>
    tarBytes(
      { name: "x", type: "x", contents: records.map(([key, value]) => paxRecord(key, value)).join("") },
      { name: "GNUSparseFile.0/f", contents },
    );
  const sparse = (map: string, size = "10") =>
    file([
      ["GNU.sparse.size", size],
      ["GNU.sparse.map", map],
    ]);
  const version1 = (contents: string) =>
    file(
      [
        ["GNU.sparse.major", "1"],
        ["GNU.sparse.minor", "0"],
        ["GNU.sparse.name", "f"],
        ["GNU.sparse.realsize", "10"],
      ],
      contents,
    );

  test("puts the segments at their offsets", async () => {
    writeFileSync(sandbox.path("x.tar"), sparse("1,2,5,1"));
    await callIn(sandbox, "archive.untar", { archive: "x.tar", dest: "out" });
    expect(await sandbox.read("out/GNUSparseFile.0/f")).toBe("\0ab\0\0c\0\0\0\0");
  });

  test.each([
    ["whose segments overlap", sparse("0,2,1,1")],
    ["with a segment beyond the end of the file", sparse("0,1,9,2")],
    ["with more bytes than the archive has", sparse("0,2,5,5")],
    ["with fewer bytes than the archive has", sparse("0,1")],
    ["with an offset that is not a number", sparse("0,x")],
    ["with a negative number", sparse("-1,3")],
    ["with an odd count of numbers", sparse("0,1,2")],
    ["that is truncated within a line", version1("2\n0\n1")],
    ["without a line end", version1("1".repeat(600))],
    ["with a count above the number of its segments", version1(`3\n0\n1\n${"\0".repeat(505)}`)],
  ])("%s is INVALID_DATA", async (_title, bytes) => {
    writeFileSync(sandbox.path("x.tar"), bytes);
    expect((await failureIn(sandbox, "archive.untar", { archive: "x.tar", dest: "out" })).code).toBe("INVALID_DATA");
  });

  test.each([
    [
      "of another version",
      file([
        ["GNU.sparse.major", "2"],
        ["GNU.sparse.minor", "0"],
        ["GNU.sparse.realsize", "3"],
      ]),
    ],
    ["in the format of star", file([["SCHILY.realsize", "10"]])],
  ])("%s is UNSUPPORTED", async (_title, bytes) => {
    writeFileSync(sandbox.path("x.tar"), bytes);
    expect((await failureIn(sandbox, "archive.untar", { archive: "x.tar", dest: "out" })).code).toBe("UNSUPPORTED");
  });

  test("with too many segments is TOO_LARGE, and so is a file above maxBytes, holes included", async () => {
    writeFileSync(sandbox.path("x.tar"), version1(`300000\n${"\0".repeat(505)}`));
    expect((await failureIn(sandbox, "archive.untar", { archive: "x.tar", dest: "out" })).code).toBe("TOO_LARGE");
    writeFileSync(sandbox.path("x.tar"), sparse("0,3", "5000000"));
    const params = { archive: "x.tar", dest: "out", maxBytes: 1_000_000 };
    expect((await failureIn(sandbox, "archive.untar", params)).code).toBe("TOO_LARGE");
  });
});
