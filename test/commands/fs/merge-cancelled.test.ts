import { readdirSync, readlinkSync } from "node:fs";
import { expect, test } from "vitest";
import { oneShotHost } from "../../../internal/host/one-shot-host.ts";
import { Router } from "../../../internal/host/router.ts";
import { fakeCall } from "../../support/fake-call.ts";
import { useSandbox } from "../../support/sandbox.ts";

const sandbox = useSandbox();

function openInSandbox(): string[] {
  return readdirSync("/proc/self/fd").filter((descriptor) => {
    try {
      return readlinkSync(`/proc/self/fd/${descriptor}`).startsWith(sandbox.root);
    } catch {
      return false; // the descriptor of /proc/self/fd itself, which was open while it was listed
    }
  });
}

test.runIf(process.platform === "linux")("a merge cancelled at any moment leaves no file open", async () => {
  await sandbox.write("a", "a");
  const router = new Router(oneShotHost({ root: sandbox.root }));
  for (let turns = 0; turns < 60; turns++) {
    const controller = new AbortController();
    const merging = router.call(
      "fs.merge",
      { dest: "all", sources: ["a", "a"] },
      fakeCall({ signal: controller.signal }),
    );
    for (let i = 0; i < turns % 30; i++) await new Promise(setImmediate);
    controller.abort();
    await Promise.resolve(merging).catch(() => {});
  }
  await expect.poll(openInSandbox).toEqual([]);
});
