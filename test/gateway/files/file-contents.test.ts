import { existsSync, readFileSync, truncateSync } from "node:fs";
import { stat, truncate } from "node:fs/promises";
import { expect, test } from "vitest";
import { FileContents } from "../../../internal/gateway/files/file-contents.ts";
import { FileVariant } from "../../../internal/gateway/files/file-variant.ts";
import { useSandbox } from "../../support/sandbox.ts";
import { fakeExchange } from "../fake-exchange.ts";

const sandbox = useSandbox();
const MIB = 1_048_576;

/** A file of `size` zero bytes. */
async function variant(name: string, size: number): Promise<FileVariant> {
  const path = await sandbox.write(name, "");
  await truncate(path, size);
  return new FileVariant(path, await stat(path), { name, varies: false, maxAge: undefined });
}

test("a file is read once for concurrent requests, and kept", async () => {
  const contents = new FileContents(4, true);
  const file = await variant("a", 1_000);
  const [one, other] = await Promise.all([contents.whole(file, fakeExchange()), contents.whole(file, fakeExchange())]);
  expect(one).toBe(other);
  expect(contents.whole(file, fakeExchange())).toBe(one);
  contents.drop(file);
  expect(file.contents).toBeUndefined();
});

test("the oldest contents are dropped above 64 MiB in total", async () => {
  const contents = new FileContents(4, true);
  const files: FileVariant[] = [];
  for (let index = 0; index < 66; index++) {
    const file = await variant(`${index}`, MIB);
    await contents.whole(file, fakeExchange());
    files.push(file);
  }
  expect(files.map(({ contents }) => contents !== undefined)).toEqual(files.map((_, index) => index >= 2));
});

test("a file above 1 MiB is not read as a whole, and no file is if nothing is kept", async () => {
  expect(new FileContents(4, true).whole(await variant("a", MIB + 1), fakeExchange())).toBeUndefined();
  expect(new FileContents(4, false).whole(await variant("b", 1), fakeExchange())).toBeUndefined();
});

test("a file that has changed since it was checked is not read, and frees its place", async () => {
  const contents = new FileContents(1, true);
  const file = await variant("a", 1_000);
  await truncate(file.path, 999);
  for (const _ of [1, 2]) {
    await expect(contents.whole(file, fakeExchange())).rejects.toMatchObject({ name: "FileChangedError" });
    await expect(contents.part(file, 0, 9, fakeExchange())).rejects.toMatchObject({ name: "FileChangedError" });
  }
});

test("reads of one client above its queue limit are refused", async () => {
  const contents = new FileContents(1, false);
  const file = await variant("a", 10);
  const first = fakeExchange();
  await contents.part(file, 0, 9, first);
  const exchanges = Array.from({ length: 1_024 }, () => fakeExchange());
  const waiting = exchanges.map((exchange) => contents.part(file, 0, 9, exchange));
  await expect(contents.part(file, 0, 9, fakeExchange())).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" });
  for (const exchange of exchanges) exchange.end();
  expect((await Promise.allSettled(waiting)).every(({ status }) => status === "rejected")).toBe(true);
  first.end();
});

const UNTOLD = ["/proc/version", "/sys/devices/system/cpu/online"];
test.skipIf(!UNTOLD.every(existsSync)).each(UNTOLD)(
  "%s is sent completely, although its size is reported wrong, and is not kept",
  async (path) => {
    const file = new FileVariant(path, await stat(path), { name: path, varies: false, maxAge: undefined });
    const expected = readFileSync(path);
    expect(file.size).not.toBe(expected.length);
    const contents = await new FileContents(4, true).whole(file, fakeExchange());
    expect(contents?.equals(expected)).toBe(true);
    expect(file.contents).toBeUndefined();
  },
);

test("a file that grows after it was checked is sent with its old length", async () => {
  const file = await variant("a", 1_000);
  const isStill = file.isStill.bind(file);
  let looks = 0;
  file.isStill = (stats) => {
    if (++looks === 1) truncateSync(file.path, 5_000);
    return isStill(stats);
  };
  expect(await new FileContents(4, true).whole(file, fakeExchange())).toHaveLength(1_000);
});
