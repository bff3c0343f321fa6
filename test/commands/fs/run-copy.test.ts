import { spawnSync } from "node:child_process";
import { watch } from "node:fs";
import { chmod, mkdir, readdir } from "node:fs/promises";
import { afterAll, expect, test } from "vitest";
import { oneShotHost } from "../../../internal/host/one-shot-host.ts";
import { Router } from "../../../internal/host/router.ts";
import { threadRunner } from "../../../internal/host/thread-runner.ts";
import { fakeCall } from "../../support/fake-call.ts";
import { useSandbox } from "../../support/sandbox.ts";

const sandbox = useSandbox();
const tasks = threadRunner({ threads: 3 });
afterAll(() => tasks.close());

/** As in a service, where several threads copy a tree. */
function copy(dest: string, signal = new AbortController().signal): Promise<unknown> {
  const service = {
    status: () => {
      throw new Error("not asked for");
    },
    stop: () => {},
    onEnd: () => {},
    stayWhile: () => {},
  };
  const router = new Router({ ...oneShotHost({ root: sandbox.root }), tasks, service });
  return Promise.resolve(router.call("fs.copy", { src: "tree", dest }, fakeCall({ signal })));
}

async function makeTree(folders: number): Promise<string[]> {
  for (let folder = 0; folder < folders; folder++) {
    for (let file = 0; file < 4; file++)
      await sandbox.write(`tree/f${folder % 7}/g${folder}/${file}`, `${folder}.${file}`);
  }
  return (await readdir(sandbox.path("tree"), { recursive: true })).sort();
}

test("several threads copy a whole tree, each file once", async () => {
  const entries = await makeTree(200);
  await copy("copy");
  expect((await readdir(sandbox.path("copy"), { recursive: true })).sort()).toEqual(entries);
  for (const folder of [0, 1, 66, 199]) {
    expect(await sandbox.read(`copy/f${folder % 7}/g${folder}/3`)).toBe(`${folder}.3`);
  }
});

test("a copy cancelled midway leaves the complete tree or nothing", async () => {
  const entries = await makeTree(200);
  await mkdir(sandbox.path("to"));
  const controller = new AbortController();
  const watcher = watch(sandbox.path("to"), () => controller.abort());
  const outcome = await copy("to/copy", controller.signal).catch((error: unknown) => error);
  watcher.close();
  expect(controller.signal.aborted).toBe(true);
  const left = await readdir(sandbox.path("to"), { recursive: true });
  if (outcome === null) expect(left.sort()).toEqual(["copy", ...entries.map((entry) => `copy/${entry}`)].sort());
  else {
    expect(outcome).toMatchObject({ code: "CANCELLED" });
    expect(left).toEqual([]);
  }
});

test("the partial copy of an abandoned call is removed, even if its directories are already read-only", async () => {
  await chmod(sandbox.root, 0o777);
  const script = `
    const { default: removeTree } = await import(process.argv[1]);
    const { mkdirSync, writeFileSync, chmodSync } = await import("node:fs");
    if (process.getuid() === 0) process.setuid(65534);
    process.chdir(process.argv[2]);
    mkdirSync("given-up/sub", { recursive: true });
    writeFileSync("given-up/sub/file", "");
    for (const folder of ["given-up/sub", "given-up"]) chmodSync(folder, 0o555);
    removeTree({ path: "given-up", unlock: true });`;
  const task = new URL("../../../internal/commands/fs/tasks/remove-tree.ts", import.meta.url).href;
  const child = spawnSync(process.execPath, ["--input-type=module", "-e", script, task, sandbox.root]);
  expect(child.stderr.toString()).toBe("");
  expect(await readdir(sandbox.root)).toEqual([]);
});

test("a copy that fails in one thread leaves nothing", async ({ skip }) => {
  await makeTree(100);
  await mkdir(sandbox.path("disk"));
  const mount = ["-t", "tmpfs", "-o", "size=200k", "tmpfs", sandbox.path("disk")];
  if (spawnSync("mount", mount).status !== 0) return skip("mounting a small file system is not allowed here");
  try {
    await expect(copy("disk/copy")).rejects.toMatchObject({
      code: "NO_SPACE",
      message: expect.not.stringContaining(".xsys-"),
    });
    expect(await readdir(sandbox.path("disk"))).toEqual([]);
  } finally {
    spawnSync("umount", ["-l", sandbox.path("disk")]);
  }
});
