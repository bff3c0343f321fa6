import { afterEach, expect, test } from "vitest";
import type { Peer } from "../../../internal/base/context.ts";
import { HandleTable } from "../../../internal/commands/handles/shared/handle-table.ts";
import { OpenFile } from "../../../internal/commands/handles/shared/open-file.ts";
import { openFlags } from "../../../internal/commands/handles/shared/open-flags.ts";
import { useSandbox } from "../../support/sandbox.ts";

const sandbox = useSandbox();
let now = 0;
const tables: HandleTable[] = [];
afterEach(async () => {
  await Promise.all(tables.splice(0).map((table) => table.closeAll()));
});

function table(limits: { total?: number; perConnection?: number } = {}): HandleTable {
  const made = new HandleTable({ ...limits, idle: 3_600_000 }, () => now);
  tables.push(made);
  return made;
}

async function openFile(): Promise<OpenFile> {
  return OpenFile.open(await sandbox.write("a.txt", "abc"), openFlags("r"), 0o644);
}

/** A connection that closes when `go` is called. */
function peer(): Peer & { go(): void } {
  const cleanUps: (() => void)[] = [];
  return {
    saidHello: true,
    onClose: (cleanUp) => cleanUps.push(cleanUp),
    go: () => {
      for (const cleanUp of cleanUps) cleanUp();
    },
  };
}

test("a handle without a connection is closed one hour after its last use", async () => {
  const handles = table();
  const [idle, used] = [await handles.open(undefined, openFile), await handles.open(undefined, openFile)];
  now += 3_000_000;
  handles.find(used, undefined, "test");
  now += 601_000;
  const file = handles.find(used, undefined, "test");
  handles.sweep();
  expect(() => handles.find(idle, undefined, "test")).toThrow("no open file");
  expect(handles.find(used, undefined, "test")).toBe(file);
});

test("a handle of a connection stays open as long as the connection", async () => {
  const [handles, owner] = [table(), peer()];
  const number = await handles.open(owner, openFile);
  now += 100_000_000;
  handles.sweep();
  expect(handles.find(number, owner, "test")).toBeInstanceOf(OpenFile);
  owner.go();
  expect(handles.size).toBe(0);
});

test("a file is closed if its connection closes while it is being opened", async () => {
  const [handles, owner] = [table(), peer()];
  const { promise, resolve } = Promise.withResolvers<OpenFile>();
  const opening = handles.open(owner, () => promise);
  expect(handles.size).toBe(1);
  owner.go();
  const file = await openFile();
  resolve(file);
  await opening;
  expect(handles.size).toBe(0);
  expect(file.descriptor).toBe(-1);
});

test("files that are still being opened count towards the limit, and failed ones no longer do", async () => {
  const handles = table({ total: 2 });
  const { promise, reject } = Promise.withResolvers<OpenFile>();
  const failing = handles.open(undefined, () => promise);
  await handles.open(undefined, openFile);
  await expect(handles.open(undefined, openFile)).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" });
  reject(new Error("no such file"));
  await expect(failing).rejects.toThrow("no such file");
  await handles.open(undefined, openFile);
});

test("handle numbers are never reused", async () => {
  const handles = table();
  const first = await handles.open(undefined, openFile);
  await handles.close(first, undefined, "test");
  expect(await handles.open(undefined, openFile)).not.toBe(first);
});

test("close waits for calls in progress", async () => {
  const handles = table();
  const number = await handles.open(undefined, openFile);
  const reading = handles.find(number, undefined, "test").read(3, 100);
  await handles.close(number, undefined, "test");
  expect((await reading).toString()).toBe("abc");
});
