import { expect, test } from "vitest";
import { ByteReader } from "../../../protocol/wire/byte-stream.ts";
import { INITIAL_CREDIT } from "../../../protocol/wire/message.ts";

async function all(reader: ByteReader): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of reader) chunks.push(chunk);
  return chunks;
}

test("a reader yields the pushed bytes in order, for any chunk sizes", async () => {
  const reader = new ByteReader(() => {});
  const pushed: Buffer[] = [];
  for (let i = 0; i < 900; i++) {
    const chunk = Buffer.alloc([1, 7, 1_023, 1_024, 0, 3_000][i % 6] ?? 0, i);
    pushed.push(chunk);
    reader.push(chunk);
  }
  reader.end();
  expect(Buffer.concat(await all(reader)).equals(Buffer.concat(pushed))).toBe(true);
});

test("bytes that were read do not change when more bytes are pushed", async () => {
  const reader = new ByteReader(() => {});
  const taken: (Uint8Array | undefined)[] = [];
  for (let i = 0; i < 40; i++) {
    reader.push(Buffer.of(i));
    reader.push(Buffer.of(100 + i));
    taken.push(await reader.next(), await reader.next());
  }
  expect(taken.map((bytes) => bytes?.[0])).toEqual(Array.from({ length: 80 }, (_, i) => (i >> 1) + (i % 2) * 100));
});

test("bytes that arrive one by one are buffered in few pieces", async () => {
  const reader = new ByteReader(() => {});
  for (let i = 0; i < INITIAL_CREDIT; i++) reader.push(Buffer.of(1));
  reader.end();
  const chunks = await all(reader);
  expect(chunks.length).toBeLessThan(100);
  expect(chunks.reduce((sum, { byteLength }) => sum + byteLength, 0)).toBe(INITIAL_CREDIT);
});
