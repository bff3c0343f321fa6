import { spawnSync } from "node:child_process";
import { readdir, utimes, writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { replaceFile } from "../../internal/files/replace-file.ts";
import { tempBeside, writerOf } from "../../internal/files/temp-path.ts";
import { useSandbox } from "../support/sandbox.ts";

const sandbox = useSandbox();
const TWO_HOURS = 7_200_000;

/** The id of a process that has ended. */
function deadProcess(): number {
  return spawnSync(process.execPath, ["--version"]).pid;
}

/** Writes a temporary file that was last changed `age` milliseconds ago. */
async function leave(name: string, age: number): Promise<void> {
  const changed = new Date(Date.now() - age);
  await writeFile(sandbox.path(name), "half of the con");
  await utimes(sandbox.path(name), changed, changed);
}

test("a write removes what killed writers left beside its file, and nothing else", async () => {
  const dead = deadProcess();
  const others = [`.xsys-${dead}-x.tmp.txt`, `.xsys-${dead}-X.tmp`, `.xsys-0-abc.tmp`, `xsys-${dead}-abc.tmp`];
  for (const name of others) await leave(name, TWO_HOURS);
  await leave(`.xsys-${dead}-old.tmp`, TWO_HOURS);
  // From an earlier process with the same id, as happens in containers.
  await leave(`.xsys-${process.pid}-before.tmp`, performance.now() + TWO_HOURS);
  await leave(`.xsys-${dead}-new.tmp`, 60_000); // perhaps of a process on another machine
  await leave(`.xsys-${process.ppid}-alive.tmp`, TWO_HOURS);
  await leave(`.xsys-${process.pid}-own.tmp`, 0);
  await replaceFile(sandbox.path("a.txt"), [Buffer.from("new")]);
  const kept = [`.xsys-${dead}-new.tmp`, `.xsys-${process.ppid}-alive.tmp`, `.xsys-${process.pid}-own.tmp`, "a.txt"];
  expect((await readdir(sandbox.root)).sort()).toEqual([...others, ...kept].sort());
});

test("the process id is read from a temporary name, and not from a name that only resembles one", () => {
  expect(writerOf(tempBeside("a").toString())).toBe(process.pid);
  for (const name of [".xsys-12.tmp", ".xsys--a.tmp", ".xsys-1a-b.tmp", ".xsys-99999999999-b.tmp", "a.xsys-1-b.tmp"]) {
    expect(writerOf(name), name).toBeUndefined();
  }
});
