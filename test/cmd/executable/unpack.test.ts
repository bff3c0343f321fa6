import { chmod, chown, mkdir, readdir, readFile, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { describe, expect, test } from "vitest";
import { contentsOf } from "../../../cmd/xsys/executable/assets.ts";
import { cachePlaces, unpack } from "../../../cmd/xsys/executable/unpack.ts";
import { useSandbox } from "../../support/sandbox.ts";

const sandbox = useSandbox();
const FILES = new Map([
  ["a.node", Buffer.from("native")],
  ["helper", Buffer.from("program")],
]);
const isRoot = process.getuid?.() === 0;

describe.skipIf(process.platform === "win32")("unpack", () => {
  test("puts the files in a directory that only the user can enter, named by a hash of the contents", async () => {
    const folder = unpack(contentsOf(FILES), [sandbox.path("cache")]);
    expect(folder).toMatch(/\/cache\/[0-9a-f]{32}$/);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    expect((await stat(sandbox.path("cache"))).mode & 0o777).toBe(0o700);
    expect(await readFile(join(folder, "a.node"), "utf8")).toBe("native");
    const other = unpack(contentsOf(new Map([["a.node", Buffer.from("newer")]])), [sandbox.path("cache")]);
    expect(other).not.toBe(folder);
  });

  test("writes the files once", async () => {
    const file = join(unpack(contentsOf(FILES), [sandbox.path("cache")]), "helper");
    await utimes(file, 1, 1);
    unpack(contentsOf(FILES), [sandbox.path("cache")]);
    expect((await stat(file)).mtimeMs).toBe(1000);
  });

  test.each<[string, (folder: string) => Promise<unknown>]>([
    ["a file with other contents", (folder) => writeFile(join(folder, "helper"), "another")],
    ["an extra file", (folder) => writeFile(join(folder, "more"), "", { mode: 0o600 })],
    ["a file that others may write to", (folder) => chmod(join(folder, "helper"), 0o722)],
    ["a mode that gives others access", (folder) => chmod(folder, 0o755)],
  ])("rewrites a directory that has %s", async (_what, spoil) => {
    const folder = unpack(contentsOf(FILES), [sandbox.path("cache")]);
    await spoil(folder);
    expect(unpack(contentsOf(FILES), [sandbox.path("cache")])).toBe(folder);
    expect((await readdir(folder)).sort()).toEqual(["a.node", "helper"]);
    expect(await readFile(join(folder, "helper"), "utf8")).toBe("program");
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    expect(await readdir(sandbox.path("cache"))).toHaveLength(1);
  });

  test("removes what a killed process left an hour ago, but not what is being written", async () => {
    for (const name of [".new-killed", ".new-writing"]) {
      await sandbox.write(`cache/${name}/a.node`, "half");
      await utimes(sandbox.path("cache", name), 1, name === ".new-killed" ? 1 : Date.now() / 1000);
    }
    await chmod(sandbox.path("cache"), 0o700);
    const folder = unpack(contentsOf(FILES), [sandbox.path("cache")]);
    expect((await readdir(sandbox.path("cache"))).sort()).toEqual([".new-writing", folder.split("/").at(-1)]);
  });

  test("gives the same complete directory to several threads that start at the same time", async () => {
    const threads = Array.from({ length: 8 }, () => {
      const { promise, resolve, reject } = Promise.withResolvers<string>();
      const thread = new Worker(UNPACKING, { eval: true, workerData: { cache: sandbox.path("cache"), files: FILES } });
      thread.once("message", resolve).once("error", reject);
      return promise;
    });
    const folders = await Promise.all(threads);
    expect(new Set(folders).size).toBe(1);
    expect(await readdir(sandbox.path("cache"))).toEqual([folders[0]?.split("/").at(-1)]);
  });

  test("skips a directory that is open to others or a symbolic link, and fails if no other place is left", async () => {
    await mkdir(sandbox.path("open"));
    await chmod(sandbox.path("open"), 0o777);
    await mkdir(sandbox.path("real"), { mode: 0o700 });
    await symlink("real", sandbox.path("link"));
    const places = [sandbox.path("open"), sandbox.path("link")];
    expect(unpack(contentsOf(FILES), [...places, sandbox.path("mine")])).toContain("/mine/");
    expect(() => unpack(contentsOf(FILES), places)).toThrow(
      /no directory to unpack into: .*open is not a directory accessible only to this user; .*link/,
    );
    expect(await readdir(sandbox.path("real"))).toEqual([]);
  });

  test.runIf(isRoot)("does not use another user's home or a directory owned by another user", async () => {
    await mkdir(sandbox.path("home"), { mode: 0o700 });
    await chown(sandbox.path("home"), 65534, 65534);
    await mkdir(sandbox.path("theirs"), { mode: 0o700 });
    await chown(sandbox.path("theirs"), 65534, 65534);
    const places = [sandbox.path("home/.cache/xsys"), sandbox.path("theirs")];
    expect(() => unpack(contentsOf(FILES), places)).toThrow(
      /home belongs to another user; .*theirs is not a directory accessible only to this user/,
    );
    expect(await readdir(sandbox.path("home"))).toEqual([]);
  });

  test("uses the user's cache first, then a directory named by the user id in the temporary directory", () => {
    expect(cachePlaces()[0]).toMatch(/\/xsys$/);
    expect(cachePlaces()[1]).toMatch(/\/xsys-cache-\d+$/);
  });
});

const [ASSETS, UNPACK] = ["assets", "unpack"].map(
  (name) => new URL(`../../../cmd/xsys/executable/${name}.ts`, import.meta.url).href,
);
const UNPACKING = `
const { parentPort, workerData } = require("node:worker_threads");
Promise.all([import(${JSON.stringify(ASSETS)}), import(${JSON.stringify(UNPACK)})]).then(([{ contentsOf }, { unpack }]) =>
  parentPort.postMessage(unpack(contentsOf(workerData.files), [workerData.cache])));
`;
