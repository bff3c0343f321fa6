import { describe, expect, test } from "vitest";
import { freePort } from "../../bench/free-port.ts";
import { requestsDuring } from "./support/requests-during.ts";
import { type App, SERVER, useStage } from "./support/stage.ts";

const stage = useStage();

async function start(clones: object): Promise<number> {
  const port = await freePort();
  await stage.sandbox.write("server.js", SERVER);
  await stage.sandbox.write(
    "xsys.config.json",
    JSON.stringify({ apps: [{ entry: "server.js", port, stableFor: 300, ...clones }] }),
  );
  await stage.result<unknown>("apply", "xsys.config.json");
  return port;
}

const pids = ({ members }: App, wanted: "active" | "standby") =>
  members.flatMap(({ role, state, pid }) => (role === wanted && state === "ready" ? (pid ?? []) : []));

/** Waits until one clone is active, and this number of standbys is ready. */
async function settled(standbys: number): Promise<App> {
  await expect
    .poll(async () => {
      const app = await stage.app("server");
      return [pids(app, "active").length, pids(app, "standby").length];
    })
    .toEqual([1, standbys]);
  return stage.app("server");
}

const answeredBy = async (port: number) => Number.parseInt(await (await fetch(`http://127.0.0.1:${port}/`)).text(), 10);

describe("a killed active clone is replaced by a standby, and no request that may be repeated is lost", () => {
  test.each([
    ["strategy hot", { strategy: "hot" }, 1],
    ["strategy multi with balance false", { strategy: "multi", clones: 2, balance: false }, 2],
  ])("%s", async (_, clones, standbys) => {
    const port = await start(clones);
    const kills = async () => {
      for (let kill = 0; kill < 3; kill++) {
        const before = await settled(standbys);
        process.kill(pids(before, "active")[0] as number, "SIGKILL");
        expect(pids(before, "standby")).toContain(await answeredBy(port));
      }
    };
    const { answers, failed } = await requestsDuring({ port }, kills());
    expect(failed).toEqual([]);
    expect(answers).toBeGreaterThan(10);
  });

  test("also if the keeper is killed with it: the next keeper agrees with the gateway about who is active", async () => {
    const port = await start({ strategy: "hot" });
    const before = await settled(1);
    const { pid: keeper = 0 } = (await stage.keeper()) ?? {};
    const [standby] = pids(before, "standby");
    const kill = async () => {
      process.kill(keeper, "SIGKILL");
      process.kill(pids(before, "active")[0] as number, "SIGKILL");
      expect(await answeredBy(port)).toBe(standby);
      await stage.keeperAfter(keeper);
      expect(pids(await settled(1), "active")).toEqual([standby]);
    };
    expect((await requestsDuring({ port }, kill())).failed).toEqual([]);
  });
});
