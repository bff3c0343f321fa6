import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { KnownFiles } from "../../../internal/gateway/files/known-files.ts";
import type { ServedFile } from "../../../internal/gateway/files/load-file.ts";

beforeEach(() => vi.useFakeTimers({ toFake: ["performance"] }));
afterEach(() => vi.useRealTimers());

function aFile(): ServedFile {
  return { plain: {}, coded: [] } as unknown as ServedFile;
}

test("an entry is valid for a moment, and then checked again with the previous one", async () => {
  const known = new KnownFiles(10, () => {});
  const file = aFile();
  await known.load("a", async () => file);
  expect(known.get("a")).toBe(file);
  vi.advanceTimersByTime(101);
  expect(known.get("a")).toBeUndefined();
  const look = vi.fn(async (before?: ServedFile) => before ?? aFile());
  await known.load("a", look);
  expect(look).toHaveBeenCalledWith(file);
  expect(known.get("a")).toBe(file);
});

test("concurrent requests share one check", async () => {
  const known = new KnownFiles(10, () => {});
  const look = vi.fn(async () => aFile());
  const [one, other] = await Promise.all([known.load("a", look), known.load("a", look)]);
  expect(one).toBe(other);
  expect(look).toHaveBeenCalledTimes(1);
});

test("above the limit, an entry that was not requested since is dropped", async () => {
  const forgotten: ServedFile[] = [];
  const known = new KnownFiles(2, (file) => forgotten.push(file));
  const [a, b, c] = [aFile(), aFile(), aFile()];
  await known.load("a", async () => a);
  await known.load("b", async () => b);
  known.get("a");
  await known.load("c", async () => c);
  expect(forgotten).toEqual([b]);
  expect([known.get("a"), known.get("b"), known.get("c")]).toEqual([a, undefined, c]);
  await known.load("d", async () => aFile()); // all were requested, so the oldest is dropped
  expect(forgotten).toHaveLength(2);
});

test("a file that was replaced or deleted is reported as dropped, and an answer is not kept", async () => {
  const forgotten: ServedFile[] = [];
  const known = new KnownFiles(2, (file) => forgotten.push(file));
  const [a, b] = [aFile(), aFile()];
  await known.load("x", async () => a);
  await known.load("x", async () => b);
  expect(forgotten).toEqual([a]);
  await expect(known.load("x", async () => Promise.reject(new Error("gone")))).rejects.toThrow("gone");
  expect(forgotten).toEqual([a, b]);
  await known.load("x", async () => ({ status: 403, headers: {} }));
  expect(known.get("x")).toBeUndefined();
});
