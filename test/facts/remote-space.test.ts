import type { StatsFs } from "node:fs";
import { expect, test } from "vitest";
import { RemoteSpace } from "../../internal/facts/linux/remote-space.ts";

const answer = { type: 0, bsize: 1_048_576, frsize: 1024, blocks: 10, bfree: 5, bavail: 4 } as StatsFs;

/** File systems that hang or refuse depending on the path, and a record of the requests. */
function servers() {
  const asked: string[] = [];
  const release: (() => void)[] = [];
  const ask = (path: string): Promise<StatsFs> => {
    asked.push(path);
    if (path.startsWith("/denied")) return Promise.reject(new Error("EACCES"));
    if (!path.startsWith("/hung")) return Promise.resolve(answer);
    return new Promise((resolve) => release.push(() => resolve(answer)));
  };
  return { asked, release, ask };
}

test("space is counted in fragments", async () => {
  expect(await new RemoteSpace(servers().ask).of("/nfs")).toEqual({ total: 10_240, used: 5120, available: 4096 });
});

test("a file system that refuses is skipped, and asked again at the next call", async () => {
  const { ask, asked } = servers();
  const space = new RemoteSpace(ask);
  expect([await space.of("/denied"), await space.of("/denied")]).toEqual([undefined, undefined]);
  expect(asked).toHaveLength(2);
});

test("a file system that hangs is skipped after a timeout, and not asked again until it has answered", async () => {
  const { ask, asked, release } = servers();
  const space = new RemoteSpace(ask, 20);
  expect(await space.of("/hung")).toBeUndefined();
  expect(await space.of("/hung")).toBeUndefined();
  expect(asked).toEqual(["/hung"]);
  for (const answered of release) answered();
  expect(await space.of("/nfs")).toBeDefined();
  const again = space.of("/hung");
  expect(asked).toEqual(["/hung", "/nfs", "/hung"]);
  for (const answered of release) answered();
  expect(await again).toBeDefined();
});

test("while two file systems hang no other is asked, so that threads stay free for files", async () => {
  const { ask, asked } = servers();
  const space = new RemoteSpace(ask, 20);
  await Promise.all([space.of("/hung/1"), space.of("/hung/2")]);
  expect(await space.of("/nfs")).toBeUndefined();
  expect(asked).toEqual(["/hung/1", "/hung/2"]);
});

test("concurrent calls share one request", async () => {
  const { ask, asked } = servers();
  const space = new RemoteSpace(ask);
  const [one, other] = await Promise.all([space.of("/nfs"), space.of("/nfs")]);
  expect(one).toEqual(other);
  expect(asked).toHaveLength(1);
});
