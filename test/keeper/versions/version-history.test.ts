import { readdir, stat } from "node:fs/promises";
import { pino } from "pino";
import { beforeEach, describe, expect, test } from "vitest";
import type { AppSpec } from "../../../internal/keeper/app-spec.ts";
import { VersionFile } from "../../../internal/keeper/versions/version-file.ts";
import { VersionHistory } from "../../../internal/keeper/versions/version-history.ts";
import { useSandbox } from "../../support/sandbox.ts";
import { appSpec } from "../support/app-spec.ts";

const sandbox = useSandbox();
const spec = (word: string) => appSpec("web", { command: ["/bin/sleep", word] });
const app = (current: AppSpec, more = {}) => ({ spec: current, isSaved: true, isUp: true, ...more });
const works = async () => {};
const fails = async () => {
  throw new Error("it exited");
};

let warnings: string[];
let history: VersionHistory;
beforeEach(() => {
  warnings = [];
  const log = pino({ base: null }, { write: (line: string) => warnings.push(JSON.parse(line).msg) });
  history = new VersionHistory(new VersionFile(sandbox.path("apps"), "web"), log);
});

describe("the versions of an app", () => {
  test("are kept with how they were started, and only their user can read them", async () => {
    expect(await history.record(app(spec("1")), spec("1"), works)).toMatchObject({ number: 1 });
    await expect(history.record(app(spec("1")), spec("2"), fails)).rejects.toThrow("it exited");
    expect(await history.versions(app(spec("1")))).toMatchObject([
      { number: 1, spec: spec("1"), files: { "/bin/sleep": expect.any(String) } },
      { number: 2, spec: spec("2"), failure: "it exited" },
    ]);
    expect(await readdir(sandbox.path("apps"))).toEqual(["web.json.versions"]);
    expect((await stat(sandbox.path("apps/web.json.versions"))).mode & 0o777).toBe(0o600);
    expect(warnings).toEqual([]);
  });

  test("have none of an app that could not be saved", async () => {
    await expect(history.record(app(spec("1"), { isSaved: false }), spec("1"), fails)).rejects.toThrow();
    expect(await history.versions(app(spec("1")))).toEqual([]);
  });

  test("keep that one has started when it was retried", async () => {
    await expect(history.record(app(spec("1"), { isUp: false }), spec("1"), fails)).rejects.toThrow();
    expect(await history.versions(app(spec("1"), { isUp: false }))).toMatchObject([{ failure: "it exited" }]);
    await history.record(app(spec("1")), spec("1"), works);
    const [version] = await history.versions(app(spec("1"), { isUp: false }));
    expect(version).not.toHaveProperty("failure");
  });

  test.each([
    ["cut in half", (text: string) => text.slice(0, text.length / 2)],
    ["of another format", (text: string) => text.replace('"format": 1', '"format": 2')],
    ["with an invalid description", (text: string) => text.replace('"clones": 1', '"clones": "many"')],
  ])("are none if their file is %s, and the next start makes a new one", async (_, damage) => {
    await history.record(app(spec("1")), spec("1"), works);
    await sandbox.write("apps/web.json.versions", damage(await sandbox.read("apps/web.json.versions")));
    expect(await history.versions(app(spec("1")))).toEqual([]);
    expect(warnings).toEqual([expect.stringContaining("web.json.versions cannot be used")]);
    await history.record(app(spec("1")), spec("2"), works);
    expect(await history.versions(app(spec("2")))).toMatchObject([{ number: 1, spec: spec("2") }]);
  });

  test("that cannot be written do not keep the app from starting", async () => {
    await sandbox.write("apps", "a file in the way");
    expect(await history.record(app(spec("1")), spec("1"), works)).toMatchObject({ number: 1 });
    expect(warnings.at(-1)).toContain("was not written");
  });
});
