import { spawnSync } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { userInfo } from "node:os";
import { describe, expect, test } from "vitest";
import { serviceText, socketText } from "../../../cmd/xsys/service-unit/unit-text.ts";
import { quoted } from "../../../internal/base/unit-file.ts";
import { xsys } from "../../support/command-line.ts";
import { useSandbox } from "../../support/sandbox.ts";

const sandbox = useSandbox();
const hasSystemd = spawnSync("systemd-analyze", ["--version"]).status === 0;

function settingsOf(text: string): Record<string, string> {
  return Object.fromEntries(
    text.split("\n").flatMap((line) => [...line.matchAll(/^(\w+)=(.*)$/g)].map(([, k, v]) => [k, v])),
  );
}

const UNIT = {
  command: ["/bin/true", "serve"],
  socket: "/srv/s",
  folder: "/",
  writes: ["/srv/a b", "/srv/100%", "/srv/a b"],
  drainTimeout: 10_000,
  user: "alice",
};

describe("xsys service-unit", () => {
  test("prints a unit that runs the given command in the current directory", async () => {
    await mkdir(sandbox.path("data"));
    const words = ["service-unit", "serve", "--root", "data", "--drain-timeout", "60000"];
    const { status, stdout, stderr } = await xsys(words, { cwd: sandbox.root });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(settingsOf(stdout)).toMatchObject({
      ExecStart: expect.stringMatching(
        /^\/\S+ .*serve --root data --drain-timeout 60000 --socket %t\/xsys\/xsys\.sock$/,
      ),
      WorkingDirectory: sandbox.root,
      User: userInfo().username,
      ReadWritePaths: `-${sandbox.path("data")}`,
      TimeoutStopSec: "75",
      WantedBy: "multi-user.target",
    });
  });

  test("with --user prints a unit with fewer restrictions, as systemd supports for users", async () => {
    const { stdout } = await xsys(["service-unit", "--user"], { cwd: sandbox.root });
    const settings = settingsOf(stdout);
    expect(settings).toMatchObject({
      NoNewPrivileges: "yes",
      SystemCallFilter: "@system-service",
      WantedBy: "default.target",
    });
    for (const name of ["User", "ProtectSystem", "ReadWritePaths"]) expect(settings).not.toHaveProperty(name);
  });

  test("with --socket-unit prints the socket's unit, accessible only to this user", async () => {
    const { stdout } = await xsys(["service-unit", "--socket-unit", "--socket", "s"], { cwd: sandbox.root });
    const expected = { ListenStream: sandbox.path("s"), SocketMode: "0600", SocketUser: userInfo().username };
    expect(settingsOf(stdout)).toMatchObject(expected);
  });

  test.each([
    [["service-unit", "--max-frame", "nonsense"], "--max-frame must be"],
    [["service-unit", "serve", "--root", "gone"], "is not an existing directory"],
    [["service-unit", "server", "start", "--cluster"], "--cluster needs"],
    [["service-unit", "server"], "server needs an action"],
  ])("prints no unit for a command that could not start: %j", async (words, why) => {
    const { status, stdout, stderr } = await xsys(words, { cwd: sandbox.root });
    expect({ failed: status !== 0, stdout }).toEqual({ failed: true, stdout: "" });
    expect(stderr).toContain(why);
  });
});

describe("a unit", () => {
  test("lists each writable directory once, escaped", () => {
    expect(settingsOf(serviceText(UNIT)).ReadWritePaths).toBe('"-/srv/a b" -/srv/100%%');
  });

  test("grants only the capability for a port below 1024, and does not restrict root", () => {
    expect(settingsOf(serviceText(UNIT))).toHaveProperty("CapabilityBoundingSet", "");
    expect(settingsOf(serviceText({ ...UNIT, port: 443 }))).toMatchObject({
      CapabilityBoundingSet: "CAP_NET_BIND_SERVICE",
      AmbientCapabilities: "CAP_NET_BIND_SERVICE",
    });
    expect(settingsOf(serviceText({ ...UNIT, port: 443, user: "root" }))).not.toHaveProperty("CapabilityBoundingSet");
  });

  test("quotes words by systemd's rules", () => {
    expect(quoted(["plain", "two words", 'a"b\\c', "100%", "$HOME", "", ";"])).toBe(
      'plain "two words" "a\\"b\\\\c" 100%% $$HOME "" ";"',
    );
  });

  test.runIf(hasSystemd)("passes systemd's verification and its security check", async () => {
    const service = await sandbox.write("xsys.service", serviceText({ ...UNIT, user: "root", folder: sandbox.root }));
    const socket = await sandbox.write("xsys.socket", socketText({ ...UNIT, user: "root" }));
    const { status, stderr } = spawnSync("systemd-analyze", ["verify", service, socket], { encoding: "utf8" });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const words = ["security", "--offline=true", "--threshold=45", "--no-pager", service];
    const judged = spawnSync("systemd-analyze", words, { encoding: "utf8" });
    expect({ status: judged.status, judged: judged.stdout.split("\n").at(-2) }).toMatchObject({ status: 0 });
  });
});
