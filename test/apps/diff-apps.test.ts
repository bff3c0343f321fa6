import { describe, expect, test } from "vitest";
import { diffApps } from "../../internal/apps/diff-apps.ts";
import { refuseConflicts } from "../../internal/apps/refuse-conflicts.ts";
import { MASKED } from "../../internal/base/mask-environment.ts";
import type { AppSpec } from "../../internal/keeper/app-spec.ts";
import { appSpec } from "../keeper/support/app-spec.ts";

function app(name: string, more: Partial<AppSpec> = {}): AppSpec {
  return appSpec(name, { command: ["/usr/bin/node", "/srv/app.js"], cwd: "/srv", ...more });
}

const socket = (host: string, port: number) => app(`${host}-${port}`, { front: { kind: "socket", host, port } });

describe("the difference between two states", () => {
  test("has the started, changed, removed and kept apps", () => {
    const wanted = [app("kept"), app("changed", { clones: 2 }), app("new")];
    const diff = diffApps([app("kept"), app("changed"), app("old")], wanted);
    expect(diff).toEqual({
      started: [wanted[2]],
      changed: [{ name: "changed", wanted: wanted[1], fields: [{ field: "clones", from: "1", to: "2" }] }],
      removed: ["old"],
      kept: ["kept"],
    });
  });

  test("is empty for equal states", () => {
    expect(diffApps([app("a")], [app("a")])).toEqual({ started: [], changed: [], removed: [], kept: ["a"] });
  });

  test("is empty for a port that the app itself has asked for", () => {
    const learned = app("a", { front: { kind: "frames", host: "::", port: 3000, isLearned: true } });
    expect(diffApps([learned], [app("a", { front: { kind: "auto" } })]).kept).toEqual(["a"]);
  });

  test("names each changed field and masks secrets", () => {
    const before = app("a", {
      maxMemory: 5,
      log: { maxSize: 1, maxFiles: 1 },
      command: ["node", "--api-token=uno"],
      environment: { base: { A: "1" }, own: { DB_PASSWORD: "uno", URL: "http://u:uno@h/", GONE: "x" } },
    });
    const after = app("a", {
      command: ["node", "--api-token=due"],
      environment: { base: { A: "2" }, file: "/x.env", own: { DB_PASSWORD: "due", URL: "http://u:due@h/" } },
      front: { kind: "socket", host: "::", port: 1 },
      log: { maxSize: 2, maxFiles: 1 },
    });
    const [change] = diffApps([before], [after]).changed;
    const shown = change?.fields.map(({ field, from, to }) => [field, from, to]);
    expect(shown?.toSorted(([a = ""], [b = ""]) => (a < b ? -1 : 1))).toEqual([
      ["command", `["node","--api-token=${MASKED}"]`, `["node","--api-token=${MASKED}"]`],
      ["environment.base.A", "1", "2"],
      ["environment.file", undefined, "/x.env"],
      ["environment.own.DB_PASSWORD", MASKED, MASKED],
      ["environment.own.GONE", "x", undefined],
      ["environment.own.URL", `http://u:${MASKED}@h/`, `http://u:${MASKED}@h/`],
      ["front.host", undefined, "::"],
      ["front.kind", "none", "socket"],
      ["front.port", undefined, "1"],
      ["log.maxSize", "1", "2"],
      ["maxMemory", "5", undefined],
    ]);
    expect(JSON.stringify(shown)).not.toMatch(/uno|due/);
  });
});

describe("apps that cannot run together are refused", () => {
  test.each([
    [[app("a"), app("a")], "two apps are called a"],
    [[socket("::", 80), app("x"), socket("127.0.0.1", 80)], "the apps ::-80 and 127.0.0.1-80 both have port 80"],
  ])("%#", (apps, message) => {
    expect(() => refuseConflicts(apps)).toThrow(message);
  });

  test("but not two ports, or two addresses", () => {
    refuseConflicts([socket("127.0.0.1", 80), socket("127.0.0.1", 81), socket("127.0.0.2", 80), app("a"), app("b")]);
  });
});
