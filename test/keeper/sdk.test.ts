import { expect, test } from "vitest";
import { connect } from "../../clients/typescript/index.ts";
import { useChildren } from "../support/children.ts";
import { printed, startXsys } from "../support/command-line.ts";
import { isRunning } from "../support/process-state.ts";
import { pidsOf, SLEEPER, useStage } from "./support/stage.ts";

const stage = useStage();
const children = useChildren();

test("apps are managed over the socket of a service, and outlive it", async () => {
  await stage.sandbox.write("bot.js", SLEEPER);
  const socket = stage.sandbox.path("xsys.sock");
  const service = children.add(
    startXsys(["serve", "--socket", socket], {
      cwd: stage.sandbox.root,
      env: stage.env,
      stdio: ["ignore", "pipe", "inherit"],
    }),
  );
  await printed(service, "listens on");
  const client = await connect({ socket });
  const app = await client.app.start({ entry: "bot.js", stableFor: 300, args: ["from the SDK"] });
  expect(app).toMatchObject({ name: "bot", state: "running" });
  await expect.poll(() => stage.log("bot")).toContain("from the SDK");
  await expect(client.app.stop({ name: "nothing" })).rejects.toMatchObject({ code: "NOT_FOUND" });
  client.close();
  service.kill("SIGKILL");
  await expect.poll(() => service.signalCode).toBe("SIGKILL");
  expect(pidsOf(await stage.app("bot"))).toEqual(pidsOf(app));
  expect(isRunning(pidsOf(app)[0])).toBe(true);
});
