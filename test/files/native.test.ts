import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { afterEach, expect, test, vi } from "vitest";
import { nativeFolders } from "../../internal/files/native.ts";
import { entriesIn } from "../../internal/files/walk.ts";
import { programWith } from "../support/program.ts";
import { useSandbox } from "../support/sandbox.ts";

const sandbox = useSandbox();
const isSupported = process.platform === "linux" && (process.arch === "x64" || process.arch === "arm64");
const NOT_UTF8 = Buffer.from([0xff, 0x41]);

afterEach(() => {
  vi.unstubAllEnvs();
  vi.resetModules();
});

function notUtf8(): Buffer {
  return Buffer.concat([Buffer.from(`${sandbox.root}/`), NOT_UTF8]);
}

test("Linux on x64 and arm64 has the native way, other systems do not", () => {
  expect(nativeFolders() !== undefined).toBe(isSupported);
});

test("there is none with XSYS_FFI=off", async () => {
  vi.stubEnv("XSYS_FFI", "off");
  vi.resetModules();
  const fresh = await import("../../internal/files/native.ts");
  expect(fresh.nativeFolders()).toBeUndefined();
});

test.runIf(isSupported)("entries and stats are those of node:fs, for every kind, size, mode and time", () => {
  const { root } = sandbox;
  for (const name of ["a", "é", "\u{10000}", "x".repeat(255), "\n", "..."]) writeFileSync(`${root}/${name}`, name);
  mkdirSync(`${root}/folder`);
  symlinkSync("nowhere", `${root}/link`);
  execFileSync("mkfifo", [`${root}/fifo`]);
  truncateSync(`${root}/a`, 5 * 2 ** 32 + 7);
  chmodSync(`${root}/é`, 0o4751);
  utimesSync(`${root}/\n`, -86_400.25, 2 ** 33 + 0.5);
  lutimesSync(`${root}/link`, 1, 1_700_000_000.123456);
  for (let n = 0; n < 2_000; n++) writeFileSync(`${root}/many-${n}`, ""); // more than one call to getdents64 returns
  const entries = nativeFolders()?.(root) ?? [];
  expect(entries.map(({ name }) => name).sort()).toEqual(readdirSync(root).sort());
  for (const { name, kind, stats } of entries) {
    const expected = lstatSync(`${root}/${name}`);
    expect(expected).toMatchObject(stats ?? {});
    expect(Object.keys(stats ?? {})).toHaveLength(6);
    const kinds = { file: expected.isFile(), folder: expected.isDirectory(), link: expected.isSymbolicLink() };
    expect(kind).toBe(Object.entries(kinds).find(([, is]) => is)?.[0] ?? "other");
  }
});

test.runIf(isSupported)("a folder that node:fs must read is left to it", () => {
  const read = nativeFolders() as NonNullable<ReturnType<typeof nativeFolders>>;
  expect(read(sandbox.path("gone"))).toBeUndefined();
  expect(read(`${sandbox.root}\0`)).toBeUndefined();
  expect(read(sandbox.root)).toEqual([]);
  writeFileSync(notUtf8(), "");
  expect(read(sandbox.root)).toBeUndefined();
});

test("entriesIn with stats finds the same entries, and fails with the same error", () => {
  writeFileSync(sandbox.path("file"), "text");
  symlinkSync("file", sandbox.path("link"));
  const root = { path: sandbox.root, relative: "" };
  const shown = (stats: boolean) =>
    entriesIn(root, stats)
      .map((entry) => [entry.relative, entry.kind, entry.path, entry.stats()?.size, entry.stats()?.mtimeMs])
      .sort();
  expect(shown(true)).toEqual(shown(false));
  writeFileSync(notUtf8(), "12");
  expect(shown(true)).toEqual(shown(false));
  expect(shown(true)).toContainEqual(["\uFFFDA", "file", notUtf8(), 2, expect.any(Number)]);
  const gone = { path: sandbox.path("gone"), relative: "" };
  const failure = (stats: boolean) => {
    try {
      return entriesIn(gone, stats);
    } catch (error) {
      return { ...(error as object), message: String(error) };
    }
  };
  expect(failure(true)).toEqual(failure(false));
  expect(failure(true)).toMatchObject({ code: "ENOENT", syscall: "scandir" });
});

test("a large tree is listed the same in both ways, without a warning", () => {
  for (let n = 0; n < 300; n++) {
    mkdirSync(sandbox.path(`folder-${n}`));
    for (let m = 0; m < 3; m++) writeFileSync(sandbox.path(`folder-${n}/file-${m}`), "x".repeat(m));
  }
  const [program, args] = programWith(["fs", "ls", sandbox.root, "--recursive", "--stats", "--json"]);
  const [native, portable] = ["on", "off"].map((XSYS_FFI) =>
    spawnSync(program, args, { env: { ...process.env, XSYS_FFI }, encoding: "utf8" }),
  );
  expect(native?.stderr).toBe("");
  expect(native?.stdout).toContain('["folder-299/file-2",{"size":2,');
  // Listing a folder changes its access time.
  const [listed, expected] = [native, portable].map((run) => run?.stdout.replace(/"accessed":\d+,/g, ""));
  expect(listed === expected).toBe(true);
});
