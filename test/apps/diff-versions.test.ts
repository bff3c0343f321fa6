import { expect, test } from "vitest";
import { diffVersions } from "../../internal/apps/diff-versions.ts";
import { appSpec } from "../keeper/support/app-spec.ts";

test("the fields and the files that differ are named, and secrets are masked", () => {
  const environment = (password: string) => ({ base: { PATH: "/bin" }, own: { DB_PASSWORD: password } });
  const before = {
    number: 1,
    time: 1,
    spec: appSpec("web", { environment: environment("old-one") }),
    files: { a: "1" },
  };
  const spec = appSpec("web", {
    command: ["/bin/web"],
    environment: environment("new-one"),
    clones: 4,
    cron: "@daily",
  });
  const fields = diffVersions(before, { number: 2, time: 2, spec, files: { a: "2" } });
  expect(fields).toEqual([
    { field: "command", from: '["/bin/sleep","1"]', to: '["/bin/web"]' },
    { field: "environment.own.DB_PASSWORD", from: "********", to: "********" },
    { field: "files.a", from: "1", to: "2" },
  ]);
});
