import { expect, test } from "vitest";
import { versionOf, withVersionOf } from "../../internal/keeper/spec-version.ts";
import { appSpec } from "./support/app-spec.ts";

test("the description with the version of another one has that version, and keeps what is no part of it", () => {
  const watch = { paths: ["/srv"], ignore: [], delay: 1 };
  const former = appSpec("web", { command: ["/bin/old"], clones: 1, watch, after: ["db"] });
  const now = appSpec("web", { command: ["/bin/new"], clones: 4, cron: "@daily", log: { maxSize: 7, maxFiles: 7 } });
  const spec = withVersionOf(former, now);
  expect(versionOf(spec)).toBe(versionOf(former));
  expect(spec).toEqual({ ...now, command: ["/bin/old"] });
  expect(withVersionOf(now, former)).toEqual({ ...former, command: ["/bin/new"] });
});
