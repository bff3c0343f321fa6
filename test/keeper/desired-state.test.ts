import { readdir, rm, stat, writeFile } from "node:fs/promises";
import { beforeEach, expect, test } from "vitest";
import type { AppSpec } from "../../internal/keeper/app-spec.ts";
import { DesiredState } from "../../internal/keeper/desired-state.ts";
import { useSandbox } from "../support/sandbox.ts";
import { appSpec } from "./support/app-spec.ts";
import { SLEEPER, useStage } from "./support/stage.ts";

const sandbox = useSandbox();
const stage = useStage();

function specOf(name: string, more: Partial<AppSpec> = {}): AppSpec {
  return appSpec(name, { environment: { base: { PATH: "/bin" }, own: { SECRET: "s3cret" } }, ...more });
}

let state: DesiredState;
beforeEach(() => {
  state = new DesiredState(sandbox.path("apps"));
});

test("what is saved is loaded, and only its user can read it", async () => {
  await state.save({ spec: specOf("b"), stopped: true });
  await state.save({ spec: specOf("a", { front: { kind: "socket", host: "::1", port: 80 } }), stopped: false });
  expect(await state.load()).toEqual([
    { name: "a", desired: { spec: specOf("a", { front: { kind: "socket", host: "::1", port: 80 } }), stopped: false } },
    { name: "b", desired: { spec: specOf("b"), stopped: true } },
  ]);
  for (const file of await readdir(sandbox.path("apps"))) {
    expect((await stat(sandbox.path("apps", file))).mode & 0o777).toBe(0o600);
  }
  expect((await stat(sandbox.path("apps"))).mode & 0o777).toBe(0o700);
});

test("a file that was cut in half is replaced by the last good copy, which is said", async () => {
  const desired = { spec: specOf("a"), stopped: false };
  await state.save(desired);
  const text = await sandbox.read("apps/a.json");
  await writeFile(sandbox.path("apps/a.json"), text.slice(0, text.length / 2));
  expect(await state.load()).toEqual([
    { name: "a", desired, fault: expect.stringContaining("The last good copy is used") },
  ]);
  await rm(sandbox.path("apps/a.json"));
  expect(await state.load()).toMatchObject([{ name: "a", desired }]);
});

test("without a good copy the app is reported, and its files are kept", async () => {
  await state.save({ spec: specOf("a"), stopped: false });
  await writeFile(sandbox.path("apps/a.json"), "{");
  await writeFile(sandbox.path("apps/a.json.last"), "");
  expect(await state.load()).toEqual([{ name: "a", fault: expect.stringContaining("a.json cannot be used") }]);
  expect(await readdir(sandbox.path("apps"))).toEqual(["a.json", "a.json.last"]);
});

test.each([
  ["another format", { format: 2 }],
  ["another name", { spec: specOf("b") }],
  ["an unknown field", { spec: { ...specOf("a"), evil: 1 } }],
  ["no program", { spec: { ...specOf("a"), command: [] } }],
  ["a number that is a text", { spec: { ...specOf("a"), clones: "1" } }],
  ["too many clones", { spec: { ...specOf("a"), clones: 1_000 } }],
  ["a port out of range", { spec: { ...specOf("a"), front: { kind: "socket", host: "::", port: 65_536 } } }],
  ["stopped as a text", { stopped: "no" }],
])("a file with %s is not used", async (_, change) => {
  await sandbox.write("apps/a.json", JSON.stringify({ format: 1, spec: specOf("a"), stopped: false, ...change }));
  expect(await state.load()).toEqual([{ name: "a", fault: expect.any(String) }]);
});

test("a state that cannot be saved is an error, and nothing is changed", async () => {
  await sandbox.write("apps", "a file in the way");
  await expect(state.save({ spec: specOf("a"), stopped: false })).rejects.toThrow(/apps/);
});

test("status shows an app whose state cannot be read, and delete removes it", async () => {
  await stage.sandbox.write("state/apps/broken.json", "{");
  await stage.sandbox.write("bot.js", SLEEPER);
  await stage.result("start", "bot.js", "--stable-for", "300");
  const apps = await stage.result<unknown[]>("status");
  expect(apps).toMatchObject([{ name: "bot" }, { name: "broken", state: "unreadable", faults: [expect.any(String)] }]);
  await stage.result("delete", "broken");
  expect(await stage.result("status")).toMatchObject([{ name: "bot" }]);
});

test("a change that cannot be saved is refused, and the app goes on", async () => {
  await stage.sandbox.write("bot.js", SLEEPER);
  const before = await stage.result("start", "bot.js", "--stable-for", "300");
  await rm(stage.sandbox.path("state/apps"), { recursive: true });
  await stage.sandbox.write("state/apps", "a file in the way");
  const { status, stderr } = await stage.run("scale", "bot", "2");
  expect(status).not.toBe(0);
  expect(stderr).toContain("apps");
  expect(await stage.app("bot")).toMatchObject({ clones: 1, ready: 1, members: [{ pid: before.members[0]?.pid }] });
});
