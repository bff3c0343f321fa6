import { execFile } from "node:child_process";
import { chmod, lstat, readdir, readFile } from "node:fs/promises";
import { connect as connectTo } from "node:net";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { useSandbox } from "../support/sandbox.ts";
import { startTestService } from "../support/service.ts";

const sandbox = useSandbox();
const isRoot = process.getuid?.() === 0;
const PROGRAM = fileURLToPath(new URL("fixtures/calls-as-nobody.ts", import.meta.url));

/** Every command that changes files, on files of another user or in another user's directory. */
const CALLS: readonly (readonly [command: string, params: object])[] = [
  ["fs.write", { path: "theirs/file", data: "new" }],
  ["fs.write", { path: "theirs/file", data: "new", append: true }],
  ["fs.write", { path: "theirs/new", data: "new" }],
  ["fs.atomic-write", { path: "theirs/file", data: "new" }],
  ["fs.write-secure", { path: "theirs/file", data: "new", mode: "666" }],
  ["fs.cat-write", { path: "theirs/file" }],
  ["fs.patch", { path: "theirs/file", search: "old", replace: "new" }],
  ["fs.merge", { dest: "theirs/file", sources: ["mine"] }],
  ["fs.split", { path: "mine", bytes: 2, out: "theirs" }],
  ["fs.copy", { src: "mine", dest: "theirs/file" }],
  ["fs.sync", { src: "mine", dest: "theirs/file" }],
  ["fs.move", { src: "theirs/file", dest: "moved" }],
  ["fs.rm", { path: "theirs/file" }],
  ["fs.shred", { path: "theirs/file" }],
  ["fs.mkdir", { path: "theirs/folder" }],
  ["fs.touch", { path: "theirs/file" }],
  ["fs.link", { src: "mine", dest: "theirs/link" }],
  ["fs.lock", { path: "theirs/file" }],
  ["fs.encrypt", { path: "theirs/file", key: "k" }],
  ["fs.hardware-encrypt", { path: "theirs/file", key: "k" }],
  ["fs.open", { path: "theirs/file", flags: "r+" }],
  ["search.rename", { path: "theirs", pattern: "file", replacement: "renamed" }],
  ["archive.compress", { src: "mine", dest: "theirs/file.gz" }],
  ["archive.tar", { dir: "mine", output: "theirs/file.tar" }],
  ["archive.zip", { dir: "mine", output: "theirs/file.zip" }],
];

async function state(): Promise<unknown> {
  const { mode, mtimeMs, ino, uid } = await lstat(sandbox.path("theirs/file"));
  const contents = await readFile(sandbox.path("theirs/file"), "utf8");
  return { names: await readdir(sandbox.path("theirs")), contents, mode, mtimeMs, ino, uid };
}

test("without write permission every command fails with DENIED and changes nothing", async () => {
  for (const folder of ["", "warm/"]) {
    await sandbox.write(`${folder}mine`, "mine");
    await sandbox.write(`${folder}theirs/file`, "old");
  }
  await chmod(sandbox.root, 0o755);
  // As root, the files belong to root and `nobody` accesses them. Otherwise the owner removes its own write permission.
  await chmod(sandbox.path("theirs/file"), isRoot ? 0o644 : 0o444);
  await chmod(sandbox.path("theirs"), isRoot ? 0o755 : 0o555);
  const before = await state();
  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, sandbox.root, JSON.stringify(CALLS)]);
  await chmod(sandbox.path("theirs"), 0o755);
  const outcomes = (JSON.parse(stdout) as string[]).map((outcome, i) => `${CALLS[i]?.[0]} ${outcome}`);
  expect(outcomes).toEqual(CALLS.map(([command]) => `${command} DENIED`));
  expect(await state()).toEqual(before);
});

test.runIf(isRoot)("another user cannot connect to the socket of a service", async () => {
  await chmod(sandbox.root, 0o755); // so that the socket's own mode is tested, not only the directory's
  const service = await startTestService({ socket: sandbox.path("s"), root: sandbox.root });
  const attempt = `
    process.setgroups([]); process.setgid(65534); process.setuid(65534);
    require("node:net").connect(process.argv[1]).on("connect", () => console.log("connected")).on("error", (e) => console.log(e.code));`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--eval", attempt, sandbox.path("s")]);
  expect(stdout).toBe("EACCES\n");
  const own = connectTo(sandbox.path("s"));
  await new Promise((resolve, reject) => own.once("connect", resolve).once("error", reject));
  own.destroy();
  service.stop(true);
  await service.ended;
});
