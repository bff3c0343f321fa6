import { execFileSync, spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { lstat, mkdir, readdir, readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { type Client, connect } from "../../clients/typescript/index.ts";
import { useChildren } from "../support/children.ts";
import { printed } from "../support/command-line.ts";
import { PROGRAM } from "../support/program.ts";
import { useSandbox } from "../support/sandbox.ts";
import { startTestService } from "../support/service.ts";

const sandbox = useSandbox();
const children = useChildren();
const KIBIBYTE = 1_024;
const isLinux = process.platform === "linux";

type Try = readonly [command: string, params: object, input?: Buffer];

/** Every command that writes contents, with more than there is space for. `disk` is relative to the root. */
function tooMuch(disk: string): readonly Try[] {
  const more = Buffer.alloc(900 * KIBIBYTE, "x");
  const old = `${disk}/old`;
  return [
    ["fs.write", { path: old }, more],
    ["fs.write", { path: `${disk}/new` }, more],
    ["fs.atomic-write", { path: old }, more],
    ["fs.write-secure", { path: old, mode: "600" }, more],
    ["fs.patch", { path: old, search: "o", replace: "oooo", mode: "literal" }],
    ["fs.merge", { dest: old, sources: ["large", "large"] }],
    ["fs.copy", { src: "large", dest: old }],
    ["fs.copy", { src: "tree", dest: `${disk}/tree` }],
    ["fs.sync", { src: "tree", dest: `${disk}/tree` }],
    ["fs.split", { path: "large", bytes: 800 * KIBIBYTE, out: disk }],
    ["archive.compress", { src: "large", dest: old }],
    ["archive.decompress", { src: "large.gz", dest: old }],
    ["archive.tar", { dir: "tree", output: old }],
    ["archive.zip", { dir: "tree", output: old }],
    ["archive.untar", { archive: "tree.tar.gz", dest: `${disk}/tree` }],
    ["archive.unzip", { archive: "tree.zip", dest: `${disk}/tree` }],
  ];
}

/** Writes the files that the commands read. They are random, so that compression does not make them smaller. */
async function makeSources(client: Client): Promise<void> {
  const noise = randomBytes(900 * KIBIBYTE);
  await sandbox.write("large", noise);
  await sandbox.write("tree/file", noise);
  await client.archive.compress({ src: "large", dest: "large.gz" });
  await client.archive.tar({ dir: "tree", output: "tree.tar.gz" });
  await client.archive.zip({ dir: "tree", output: "tree.zip" });
}

/** Checks that each call fails with the code, the old file is unchanged, and there are no other files. */
async function refuseAll(client: Client, tries: readonly Try[], disk: string, code: string): Promise<void> {
  const old = await readFile(sandbox.path(disk, "old"));
  const { ino } = await lstat(sandbox.path(disk, "old"));
  for (const [command, params, input] of tries) {
    const title = `${command} ${JSON.stringify(params)}`;
    const error = await client.call(command, params, input === undefined ? {} : { input }).catch((reason) => reason);
    expect(error, title).toMatchObject({ code });
    expect((error as Error).message, title).not.toContain(".xsys-");
    expect(await readdir(sandbox.path(disk)), title).toEqual(["old"]);
    expect((await readFile(sandbox.path(disk, "old"))).equals(old), title).toBe(true);
    expect((await lstat(sandbox.path(disk, "old"))).ino, title).toBe(ino);
  }
}

test.runIf(isLinux)("over the file size limit writes fail with TOO_LARGE and leave no partial file", async () => {
  const maker = await startTestService({ root: sandbox.root });
  const making = await connect({ socket: maker.socket });
  await makeSources(making);
  making.close();
  maker.stop(true);
  await maker.ended;
  await sandbox.write("disk/old", Buffer.alloc(300 * KIBIBYTE, "o"));
  // 1200 blocks of 512 bytes are 600 KiB. Every user may set this limit.
  const limited = ["-c", 'ulimit -f 1200; exec "$@"', "sh", ...PROGRAM, "serve", "--socket"];
  const child = children.add(spawn("sh", [...limited, sandbox.path("s")], { cwd: sandbox.root }));
  await printed(child, "listens on");
  const client = await connect({ socket: sandbox.path("s") });
  await refuseAll(client, tooMuch("disk"), "disk", "TOO_LARGE");
  await client.fs.write({ path: "disk/old", data: "it goes on" });
  expect(await client.fs.read({ path: "disk/old" })).toBe("it goes on");
  client.close();
});

test("on a full disk writes fail with NO_SPACE and leave no partial file", async ({ skip }) => {
  await mkdir(sandbox.path("disk"));
  const words = ["-t", "tmpfs", "-o", "size=1m,nr_inodes=12", "tmpfs", sandbox.path("disk")];
  if (spawnSync("mount", words).status !== 0) return skip("mounting a small file system is not allowed here");
  const service = await startTestService({ root: sandbox.root });
  const client = await connect({ socket: service.socket });
  try {
    await makeSources(client);
    await sandbox.write("disk/old", Buffer.alloc(300 * KIBIBYTE, "o"));
    await refuseAll(client, tooMuch("disk"), "disk", "NO_SPACE");
    await appendAndSeal(client);
    await withoutNames(client);
    await client.fs.write({ path: "disk/old", data: "it goes on" });
    expect(await client.fs.read({ path: "disk/old" })).toBe("it goes on");
  } finally {
    client.close();
    service.stop(true);
    await service.ended;
    execFileSync("umount", ["-l", sandbox.path("disk")]);
  }
});

/** A partial append is kept after the old contents. Encryption needs space for a second copy of the file. */
async function appendAndSeal(client: Client): Promise<void> {
  const appending = client.fs.write({ path: "disk/old", append: true }, { input: Buffer.alloc(900 * KIBIBYTE, "x") });
  await expect(appending).rejects.toMatchObject({ code: "NO_SPACE" });
  expect((await readFile(sandbox.path("disk/old"))).subarray(0, 300 * KIBIBYTE).every((byte) => byte === 0x6f)).toBe(
    true,
  );
  for (const sealing of [client.fs.encrypt, client.fs.hardwareEncrypt]) {
    await expect(sealing({ path: "disk/old", key: "k" })).rejects.toMatchObject({ code: "NO_SPACE" });
  }
  expect(await readdir(sandbox.path("disk"))).toEqual(["old"]);
}

/** Fills the file system until no more names can be created, and checks the commands that create one. */
async function withoutNames(client: Client): Promise<void> {
  await client.fs.rm({ path: "disk/old" });
  await client.fs.write({ path: "disk/old", data: "small" });
  const names: string[] = [];
  for (;;) {
    const taken = await client.fs.touch({ path: `disk/f${names.length}` }).catch(({ code }) => code);
    if (taken !== null) {
      expect(taken).toBe("NO_SPACE");
      break;
    }
    names.push(`f${names.length}`);
  }
  const tries: readonly Try[] = [
    ["fs.lock", { path: "disk/old" }],
    ["fs.mkdir", { path: "disk/folder" }],
    ["fs.link", { src: "disk/old", dest: "disk/link" }],
    ["fs.open", { path: "disk/opened", flags: "w" }],
    ["fs.atomic-write", { path: "disk/old", data: "new" }],
  ];
  for (const [command, params] of tries) {
    await expect(client.call(command, params), command).rejects.toMatchObject({ code: "NO_SPACE" });
  }
  await client.search.rename({ path: "disk", pattern: "^f(\\d+)$", replacement: "g$1" }); // needs no room
  const renamed = names.map((name) => name.replace("f", "g"));
  expect((await readdir(sandbox.path("disk"))).sort()).toEqual([...renamed, "old"].sort());
  for (const name of renamed) await client.fs.rm({ path: `disk/${name}` });
}
