import { truncate } from "node:fs/promises";
import { setImmediate } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { onBehalfOf } from "../../internal/base/on-behalf-of.ts";
import type { TaskRunner } from "../../internal/base/task-runner.ts";
import { threadRunner } from "../../internal/host/thread-runner.ts";
import { useSandbox } from "../support/sandbox.ts";

const sandbox = useSandbox();
let tasks: TaskRunner;
beforeEach(async () => {
  tasks = threadRunner({ threads: 1 });
});
afterEach(() => tasks.close());

/** Starts to hash a file that takes a minute. Resolves when the thread has begun. */
async function hashHuge(signal: AbortSignal): Promise<{ ended: Promise<string> }> {
  const path = await sandbox.write("huge", "");
  await truncate(path, 64 * 2 ** 30);
  const { promise: begun, resolve } = Promise.withResolvers<unknown>();
  const args = { command: "fs.hash", path, algorithm: "sha256" };
  const ended = tasks.run("hash-file", args, { signal, progress: resolve });
  ended.catch(() => {});
  await begun;
  return { ended };
}

async function hashSmall(small = sandbox.write("small", "x")): Promise<string> {
  return tasks.run("hash-file", { command: "fs.hash", path: await small, algorithm: "md5" });
}

test("a waiting task begins when the running task is cancelled", async () => {
  const abort = new AbortController();
  const { ended: huge } = await hashHuge(abort.signal);
  const small = hashSmall();
  await setImmediate();
  abort.abort();
  await expect(huge).rejects.toThrow();
  expect(await small).toBe("9dd4e461268c8034f5c8564e155c67a6");
});

test("a waiting task begins when the running task reaches its time limit", async () => {
  const path = await sandbox.write("huge", "");
  await truncate(path, 64 * 2 ** 30);
  const args = { command: "fs.hash", path, algorithm: "sha256" };
  const huge = tasks.run("hash-file", args, { timeLimit: 50 });
  const small = hashSmall();
  await expect(huge).rejects.toMatchObject({ code: "TIMEOUT" });
  expect(await small).toHaveLength(32);
});

test("one caller's long task does not delay another caller's task", async () => {
  const abort = new AbortController();
  const { ended: huge } = await onBehalfOf.run(1, () => hashHuge(abort.signal));
  expect(await onBehalfOf.run(2, hashSmall)).toHaveLength(32);
  abort.abort();
  await expect(huge).rejects.toThrow();
});
