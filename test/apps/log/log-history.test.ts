import { open } from "node:fs/promises";
import { expect, test, vi } from "vitest";
import { readHistory } from "../../../internal/apps/log/log-history.ts";
import { formatRecord } from "../../../internal/keeper/log/record-batch.ts";
import { useSandbox } from "../../support/sandbox.ts";

const sandbox = useSandbox();

test("a large file is read backwards only as far as its records are recent enough", async () => {
  const records = Array.from({ length: 10_000 }, (_, n) => ({
    time: n * 1_000,
    clone: "0",
    stream: "stdout" as const,
    line: "x".repeat(100),
  }));
  const bytes = Buffer.concat(records.map((record) => formatRecord("text", record)));
  const file = await open(await sandbox.write("web.log", bytes));
  try {
    const read = vi.spyOn(file, "read");
    const since = 9_990_000;
    const range = { lines: 1_000, since, size: bytes.length };
    const found = readHistory({ rotated: [], current: file }, range, ({ time }) => time >= since);
    expect(await Array.fromAsync(found)).toEqual(records.slice(-10));
    expect(read).toHaveBeenCalledOnce();
  } finally {
    await file.close();
  }
});
