import { once } from "node:events";
import { expect, test } from "vitest";
import { createRunner } from "../../../clients/typescript/xypriss.ts";
import { printed, startXsys } from "../../support/command-line.ts";
import { useSandbox } from "../../support/sandbox.ts";

const sandbox = useSandbox();

test("XyPriss's runner reads and closes asynchronously what it opened synchronously, and vice versa", async () => {
  const file = await sandbox.write("a.txt", "hello");
  const socket = sandbox.path("socket");
  const service = startXsys(["serve", "--socket", socket, "--log-level", "silent"]);
  await printed(service, "listens");
  const runner = createRunner({ socket });
  const handle = runner.runSync("fs", "open", [file], { flags: 0, mode: "0644" }) as number;
  expect(await runner.runAsync("fs", "handle-read", [], { handle, length: 5 })).toEqual({ content: "68656c6c6f" });
  await runner.runAsync("fs", "close", [], { handle });
  const other = (await runner.runAsync("fs", "open", [file], { flags: 0, mode: "0644" })) as number;
  runner.runSync("fs", "close", [], { handle: other });
  expect(() => runner.runSync("fs", "close", [], { handle: other })).toThrow(`the handle ${other}`);
  runner.close();
  service.kill();
  await once(service, "exit");
});
