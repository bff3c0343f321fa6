import { existsSync, readFileSync, truncateSync } from "node:fs";
import { stat, truncate } from "node:fs/promises";
import { expect, test } from "vitest";
import { FileContents } from "../../../internal/gateway/files/file-contents.ts";
import { FileVariant } from "../../../internal/gateway/files/file-variant.ts";
import { useSandbox } from "../../support/sandbox.ts";
import { fakeExchange } from "../fake-exchange.ts";

const sandbox = useSandbox();
const MIB = 1_048_576;

/** A file of zeros. */
async function variant(name: string, size: number): Promise<FileVariant> {
  const path = await sandbox.write(name, "");
  await truncate(path, size);
  return new FileVariant(path, await stat(path), { name, varies: false, maxAge: undefined });
}

test("what was read is kept, and read once by all who want it", async () => {
  const contents = new FileContents(4, true);
  const file = await variant("a", 1_000);
  const [one, other] = await Promise.all([contents.whole(file, fakeExchange()), contents.whole(file, fakeExchange())]);
  expect(one).toBe(other);
  expect(contents.whole(file, fakeExchange())).toBe(one);
  contents.drop(file);
  expect(file.contents).toBeUndefined();
});

test("the longest kept go when there are more than 64 MiB", async () => {
  const contents = new FileContents(4, true);
  const files: FileVariant[] = [];
  for (let index = 0; index < 66; index++) {
    const file = await variant(`${index}`, MIB);
    await contents.whole(file, fakeExchange());
    files.push(file);
  }
  expect(files.map(({ contents }) => contents !== undefined)).toEqual(files.map((_, index) => index >= 2));
});

test("what is larger than 1 MiB is not read whole, nor anything when nothing is to be kept", async () => {
  expect(new FileContents(4, true).whole(await variant("a", MIB + 1), fakeExchange())).toBeUndefined();
  expect(new FileContents(4, false).whole(await variant("b", 1), fakeExchange())).toBeUndefined();
});

test("a file that is no longer the one that was looked at is not read, and takes no place", async () => {
  const contents = new FileContents(1, true);
  const file = await variant("a", 1_000);
  await truncate(file.path, 999);
  for (const _ of [1, 2]) {
    await expect(contents.whole(file, fakeExchange())).rejects.toMatchObject({ name: "FileChangedError" });
    await expect(contents.part(file, 0, 9, fakeExchange())).rejects.toMatchObject({ name: "FileChangedError" });
  }
});

test("of one client's many reads, those beyond its queue are refused", async () => {
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
  "%s is sent as it is, whatever size it tells, and not kept",
  async (path) => {
    const file = new FileVariant(path, await stat(path), { name: path, varies: false, maxAge: undefined });
    const expected = readFileSync(path);
    expect(file.size).not.toBe(expected.length);
    const contents = await new FileContents(4, true).whole(file, fakeExchange());
    expect(contents?.equals(expected)).toBe(true);
    expect(file.contents).toBeUndefined();
  },
);

test("a file that becomes longer after it was looked at is sent as it was", async () => {
  const file = await variant("a", 1_000);
  const isStill = file.isStill.bind(file);
  let looks = 0;
  file.isStill = (stats) => {
    if (++looks === 1) truncateSync(file.path, 5_000);
    return isStill(stats);
  };
  expect(await new FileContents(4, true).whole(file, fakeExchange())).toHaveLength(1_000);
});
