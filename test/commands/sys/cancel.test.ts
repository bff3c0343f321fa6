import { expect, test } from "vitest";
import { oneShotHost } from "../../../internal/host/one-shot-host.ts";
import { Router } from "../../../internal/host/router.ts";
import { fakeCall } from "../../support/fake-call.ts";

test.each([
  ["sys.cpu", { interval: 60_000 }],
  ["sys.network", { interval: 60_000 }],
  ["sys.processes", { pid: process.pid }],
])("a cancelled %s does not wait for its sample", async (name, params) => {
  const router = new Router(oneShotHost({ root: "/" }));
  const cancel = new AbortController();
  const answer = router.call(name, params, fakeCall({ signal: cancel.signal }));
  setImmediate(() => cancel.abort());
  await expect(answer).rejects.toMatchObject({ code: "CANCELLED" });
});
