import { buffer } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { gzipMembers } from "../../../internal/commands/archive/tasks/gzip-members.ts";

const MEMBER = Buffer.from([0x1f, 0x8b, 0x08]);

async function* pieces(...lengths: number[]) {
  for (const [n, length] of lengths.entries()) yield Buffer.alloc(length, `piece ${n} `);
}

test.each([
  ["a few bytes", [5], 1],
  ["exactly one MiB", [1_048_576], 1],
  ["many MiB in order", Array.from({ length: 40 }, () => 262_144), 10],
])("gunzip restores %s, and there are no more members than needed", async (_, lengths, members) => {
  const packed = await buffer(gzipMembers(pieces(...lengths), 6));
  expect(gunzipSync(packed).equals(await buffer(pieces(...lengths)))).toBe(true);
  expect(packed.toString("latin1").split(MEMBER.toString("latin1"))).toHaveLength(members + 1);
});

test("an error of the source fails the whole compression, even while members are being compressed", async () => {
  async function* failing() {
    yield* pieces(1_048_576, 1_048_576);
    throw new Error("no more");
  }
  await expect(buffer(gzipMembers(failing(), 6))).rejects.toThrow("no more");
});
