import { appendFile, rename } from "node:fs/promises";
import { expect, test, vi } from "vitest";
import { readLog } from "../../../internal/apps/log/read-log.ts";
import { formatRecord } from "../../../internal/keeper/log/record-batch.ts";
import { useSandbox } from "../../support/sandbox.ts";

/** What happens just before the reader asks whether the file was replaced. */
const race = vi.hoisted(() => ({ before: async () => {} }));

vi.mock("node:fs/promises", async (original) => {
  const fs = await original<typeof import("node:fs/promises")>();
  const stat = async (path: string) => {
    await race.before();
    return fs.stat(path);
  };
  return { ...fs, stat };
});

const sandbox = useSandbox();
const record = (line: string) => formatRecord("text", { time: Date.now(), clone: "0", stream: "stdout", line });

test("a record that is written between the last read of a file and its rotation is not lost", async () => {
  const path = await sandbox.write("log/web.log", record("one"));
  race.before = async () => {
    race.before = async () => {};
    await appendFile(path, record("two"));
    await rename(path, `${path}.2026-11-30T17-00-00.000Z`);
    await appendFile(path, record("three"));
  };
  const seen: string[] = [];
  for await (const { line } of readLog({ folder: sandbox.path("log"), name: "web", follow: true })) {
    seen.push(line);
    if (line === "three") break;
  }
  expect(seen).toEqual(["one", "two", "three"]);
});
