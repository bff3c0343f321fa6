import { spawn, spawnSync } from "node:child_process";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { beforeEach, describe, expect, test } from "vitest";
import { assignments } from "../../internal/base/unit-file.ts";
import { type Ended, ended } from "../support/command-line.ts";
import { PROGRAM } from "../support/program.ts";
import { pidsOf, SLEEPER, useStage } from "./support/stage.ts";

const stage = useStage();
const QUICK = ["--stable-for", "300"];
const isRoot = process.getuid?.() === 0;
const hasSystemd = spawnSync("systemd-analyze", ["--version"]).status === 0;
const UNIT = "xsys-apps.service";

/**
 * Stands in for systemctl: records its calls, and runs the unit's program as systemd does. `enable --now` returns when
 * the daemon has started, like systemd with Type=notify.
 */
const SYSTEMCTL = `#!/bin/sh
echo "$*" >> "$STAND_IN/calls"
case "$*" in
  *is-system-running*) cat "$STAND_IN/state" ;;
  *MainPID*) cat "$STAND_IN/pid" 2> /dev/null || echo 0 ;;
  *enable\\ --now*)
    [ -e "$STAND_IN/pid" ] && exit 0
    export NOTIFY_SOCKET="$STAND_IN/nobody"
    eval "exec setsid $(sed -n 's/^ExecStart=//p' "$STAND_IN"/units/${UNIT})" > /dev/null 2> "$STAND_IN/log" &
    echo $! > "$STAND_IN/pid"
    until grep -q "keeper started" "$STAND_IN/log"; do sleep 0.02; done ;;
esac
`;

let env: NodeJS.ProcessEnv;

beforeEach(async () => {
  const folder = stage.sandbox.path("stand-in");
  await mkdir(`${folder}/units`, { recursive: true });
  await stage.sandbox.write("stand-in/systemctl", SYSTEMCTL);
  await chmod(`${folder}/systemctl`, 0o755);
  await writeFile(`${folder}/state`, "degraded\n");
  env = { ...stage.env, STAND_IN: folder, PATH: `${folder}:${process.env.PATH}` };
});

/** Runs `xsys app …` where /etc/systemd/system is the folder `stand-in/units`: in a mount namespace of its own. */
async function asRoot(...words: string[]): Promise<Ended> {
  const script = 'mount --bind "$STAND_IN/units" /etc/systemd/system && exec "$@"';
  const args = ["--mount", "sh", "-c", script, "sh", ...PROGRAM, "app", ...words];
  return ended(spawn("unshare", args, { cwd: stage.sandbox.root, env }));
}

async function resultOf<T>(...words: string[]): Promise<T> {
  const { status, stdout, stderr } = await asRoot("--json", ...words);
  if (status !== 0) throw new Error(`${stdout}${stderr}`);
  return JSON.parse(stdout).data;
}

const calls = async () => (await stage.sandbox.read("stand-in/calls")).trim().split("\n");

function settingsOf(text: string): Record<string, string> {
  return Object.fromEntries([...text.matchAll(/^(\w+)=(.*)$/gm)].map(([, name, value]) => [name, value]));
}

describe.runIf(isRoot)("startup", () => {
  test("writes, enables and starts a unit, whose daemon takes the processes over", async () => {
    await stage.sandbox.write("bot.js", SLEEPER);
    const app = await stage.result("start", "bot.js", ...QUICK);
    const { unit, pid, hints } = await resultOf<{ unit: string; pid: number; hints: string[] }>("startup");
    expect([unit, hints]).toEqual([`/etc/systemd/system/${UNIT}`, []]);
    expect(await calls()).toEqual([
      "is-system-running",
      `show --property=MainPID --value ${UNIT}`,
      "daemon-reload",
      `enable --now ${UNIT}`,
    ]);
    expect(await stage.keeper()).toMatchObject({ pid, isDaemon: true, apps: [{ name: "bot", restarts: 0 }] });
    expect(pidsOf(await stage.app("bot"))).toEqual(pidsOf(app));
    const again = await resultOf<{ hints: string[] }>("startup");
    expect(again.hints).toEqual([expect.stringContaining("xsys app upgrade")]);
  });

  test("is undone by unstartup, after which the apps go on in the background", async () => {
    await stage.sandbox.write("bot.js", SLEEPER);
    const app = await stage.result("start", "bot.js", ...QUICK);
    const before = await resultOf<{ pid: number }>("startup");
    await stage.sandbox.write("stand-in/calls", "");
    const { unit, pid } = await resultOf<{ unit: string; pid: number }>("unstartup");
    expect(unit).toBe(`/etc/systemd/system/${UNIT}`);
    await expect(readFile(stage.sandbox.path(`stand-in/units/${UNIT}`))).rejects.toThrow("ENOENT");
    expect((await calls()).filter((each) => each !== "")).toEqual([
      `is-system-running`,
      `disable ${UNIT}`,
      `show --property=MainPID --value ${UNIT}`,
      "daemon-reload",
    ]);
    expect(pid).not.toBe(before.pid);
    expect(await stage.keeper()).toMatchObject({ pid, isDaemon: false });
    const now = await stage.app("bot");
    expect([pidsOf(now), now.restarts]).toEqual([pidsOf(app), 0]);
    const { status, stderr } = await asRoot("unstartup");
    expect([status, stderr]).toEqual([66, expect.stringContaining(UNIT)]);
  });

  test("refuses where systemd does not run, and changes nothing", async () => {
    await writeFile(stage.sandbox.path("stand-in/state"), "offline\n");
    const { status, stderr } = await asRoot("startup");
    expect([status, stderr]).toEqual([69, expect.stringContaining("systemd does not run here (it is offline)")]);
    await expect(readFile(stage.sandbox.path(`stand-in/units/${UNIT}`))).rejects.toThrow("ENOENT");
    env = { ...env, PATH: stage.sandbox.root };
    const without = await stage.run("startup");
    expect(without.status).toBe(69);
  });

  test("refuses beside a daemon that something else has started", async () => {
    const daemon = spawn(...([PROGRAM[0], [...PROGRAM.slice(1), "daemon"]] as const), { env, stdio: "ignore" });
    await expect.poll(() => stage.keeper()).toMatchObject({ pid: daemon.pid, isDaemon: true });
    const { status, stderr } = await asRoot("startup");
    expect([status, stderr]).toEqual([75, expect.stringContaining(`pid ${daemon.pid}`)]);
  });

  test("with print prints the unit and changes nothing, also without systemd", async () => {
    const { status, stdout } = await stage.run("startup", "--print");
    expect(status).toBe(0);
    expect(settingsOf(stdout)).toMatchObject({
      Type: "notify",
      NotifyAccess: "main",
      ExecStart: expect.stringMatching(/^\/\S+ .*daemon$/),
      ExecReload: "/bin/kill -HUP $MAINPID",
      Environment: expect.stringContaining(`XSYS_STATE=${stage.state}`),
      User: "root",
      KillMode: "process",
      Restart: "on-failure",
      WantedBy: "multi-user.target",
    });
    for (const hardening of ["ProtectSystem", "RestrictNamespaces", "NoNewPrivileges"]) {
      expect(stdout).not.toContain(hardening);
    }
    expect(await stage.keeper()).toBeUndefined();
  });

  test("passes a configuration on, which must exist", async () => {
    await stage.sandbox.write("my apps.json", "{}");
    const { stdout } = await stage.run("startup", "--print", "--config", "my apps.json");
    expect(settingsOf(stdout).ExecStart).toMatch(
      new RegExp(`daemon --config "${stage.sandbox.path("my apps.json")}"$`),
    );
    expect((await stage.run("startup", "--print", "--config", "gone.json")).status).toBe(66);
  });

  test.runIf(hasSystemd)("prints a unit that passes systemd's verification", async () => {
    const { stdout } = await stage.run("startup", "--print");
    const file = await stage.sandbox.write(UNIT, stdout);
    const { status, stderr } = spawnSync("systemd-analyze", ["verify", file], { encoding: "utf8" });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });
});

describe.runIf(isRoot)("for another user than root", () => {
  const NOBODY = 65_534;
  /** Also where this user may not read the program: with the capability for it. */
  const CAPABILITY = ["--inh-caps=+dac_override", "--ambient-caps=+dac_override"];
  const AS_NOBODY = [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups", ...CAPABILITY];

  test("the unit is the user's own, and systemd must be told to start it at boot", async () => {
    const home = stage.sandbox.path("home");
    await mkdir(home);
    await chmod(stage.sandbox.root, 0o755);
    await mkdir(stage.state, { mode: 0o700 });
    spawnSync("chown", [`${NOBODY}`, stage.state]);
    env = { ...env, HOME: home, XDG_CONFIG_HOME: "", STAND_IN: `${home}/stand-in` };
    spawnSync("cp", ["-a", stage.sandbox.path("stand-in"), home]);
    spawnSync("mkdir", ["-p", `${home}/.config/systemd`]);
    spawnSync("ln", ["-s", `${home}/stand-in/units`, `${home}/.config/systemd/user`]);
    spawnSync("chown", ["-R", `${NOBODY}`, home]);
    const child = spawn("setpriv", [...AS_NOBODY, ...PROGRAM, "app", "startup", "--json"], { cwd: "/", env });
    const { status, stdout, stderr } = await ended(child);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(JSON.parse(stdout).data).toMatchObject({
      unit: `${home}/.config/systemd/user/${UNIT}`,
      hints: [expect.stringContaining("loginctl enable-linger nobody")],
    });
    expect(settingsOf(await readFile(`${home}/stand-in/units/${UNIT}`, "utf8"))).toMatchObject({
      WantedBy: "default.target",
    });
    expect((await readFile(`${home}/stand-in/calls`, "utf8")).trim().split("\n").at(-1)).toBe(
      `--user enable --now ${UNIT}`,
    );
  });
});

test("variables of a unit are quoted without expansions", () => {
  expect(assignments({ A: "plain", B: "two words", C: '50% "x" $HOME' })).toBe(
    'A=plain "B=two words" "C=50%% \\"x\\" $HOME"',
  );
});
