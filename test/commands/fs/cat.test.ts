import { expect, test } from "vitest";
import { oneShotHost } from "../../../internal/host/one-shot-host.ts";
import { Router } from "../../../internal/host/router.ts";
import { fakeCall } from "../../support/fake-call.ts";
import { useSandbox } from "../../support/sandbox.ts";
import { outputIn } from "./in-process.ts";

const sandbox = useSandbox();

test.each([
  [{ offset: 2 }, "23456789"],
  [{ offset: 2, limit: 3 }, "234"],
  [{ limit: 4 }, "0123"],
  [{ limit: 0 }, "0123456789"],
  [{ offset: 8, limit: 100 }, "89"],
  [{ offset: 10 }, ""],
  [{ offset: Number.MAX_SAFE_INTEGER }, ""],
])("cat with %j sends %j", async (range, expected) => {
  await sandbox.write("digits", "0123456789");
  expect(await outputIn(sandbox, "fs.cat", { path: "digits", ...range })).toBe(expected);
});

test("cat waits for each write, and stops reading an endless file when the call is cancelled", async () => {
  const controller = new AbortController();
  let [writing, most, chunks] = [0, 0, 0];
  const write = async () => {
    writing += 1;
    chunks += 1;
    most = Math.max(most, writing);
    await new Promise(setImmediate);
    if (chunks === 5) controller.abort();
    writing -= 1;
  };
  const call = fakeCall({ signal: controller.signal, output: { write } });
  const answer = new Router(oneShotHost({ root: sandbox.root })).call("fs.cat", { path: "/dev/zero" }, call);
  await expect(answer).rejects.toMatchObject({ code: "CANCELLED" });
  expect({ most, chunks }).toEqual({ most: 1, chunks: 5 });
});

test("cat passes on buffers that later reads do not overwrite", async () => {
  await sandbox.write("two", Buffer.concat([Buffer.alloc(262_144, "a"), Buffer.alloc(262_144, "b")]));
  const chunks: Uint8Array[] = [];
  const output = { write: async (bytes: Uint8Array) => void chunks.push(bytes) };
  const call = fakeCall({ output });
  await new Router(oneShotHost({ root: sandbox.root })).call("fs.cat", { path: "two" }, call);
  expect(Buffer.concat(chunks).equals(Buffer.concat([Buffer.alloc(262_144, "a"), Buffer.alloc(262_144, "b")]))).toBe(
    true,
  );
});
