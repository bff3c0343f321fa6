import { describe, expect, test } from "vitest";
import type { AppSpec } from "../../../internal/keeper/app-spec.ts";
import { ignoredPaths } from "../../../internal/keeper/restarts/ignored-paths.ts";
import { ignoring } from "../../../internal/watching/ignore.ts";

interface Folders {
  readonly ignore?: readonly string[];
  readonly cwd?: string;
  readonly root?: string;
  readonly state?: string;
}

function ignored(path: string, { ignore = [], cwd = "/srv/app", root = cwd, state = "/srv/app/.xsys" }: Folders = {}) {
  const spec = { cwd, watch: { paths: [root], ignore, delay: 0 } } as unknown as AppSpec;
  return ignoring(ignoredPaths(spec, state))(root, path);
}

describe("without globs of the user", () => {
  test.each([
    ...["/srv/app/node_modules", "/srv/app/lib/node_modules", "/srv/app/.git", "/srv/app/out.log", "/srv/app/a.pid"],
    ...["/srv/app/.server.js.swp", "/srv/app/server.js~", "/srv/app/.xsys"],
  ])("%s is ignored", (path) => expect(ignored(path)).toBe(true));

  test.each(["/srv/app/server.js", "/srv/app/.env", "/srv/app/logs.js", "/srv/app/lib"])("%s is not", (path) =>
    expect(ignored(path)).toBe(false),
  );
});

describe("a glob of the user", () => {
  test("without a slash matches names in all folders", () => {
    expect(ignored("/srv/app/a/b/tmp", { ignore: ["tmp"] })).toBe(true);
  });

  test.each(["data/*.json", "./data/*.json", "/srv/app/data/*.json"])(
    "%s is relative to the working directory",
    (glob) => {
      for (const root of ["/srv/app", "/srv/app/data"]) {
        expect(ignored("/srv/app/data/a.json", { ignore: [glob], root })).toBe(true);
        expect(ignored("/srv/app/data/data/a.json", { ignore: [glob], root })).toBe(false);
      }
    },
  );

  test("may end in a slash", () => expect(ignored("/srv/app/public/img", { ignore: ["public/img/"] })).toBe(true));

  test("with an exclamation mark includes what is always ignored", () => {
    expect(ignored("/srv/app/node_modules", { ignore: ["!node_modules"] })).toBe(false);
    expect(ignored("/srv/app/a.log", { ignore: ["!/srv/app/a.log"] })).toBe(false);
  });

  test("works in a directory with characters of globs in its name", () => {
    const cwd = "/srv/[app] (1)+{2}";
    expect(ignored(`${cwd}/data/x`, { ignore: ["data/x"], cwd, state: "/var/lib/xsys" })).toBe(true);
    expect(ignored("/srv/a/data/x", { ignore: ["data/x"], cwd, root: "/srv/a", state: "/var/lib/xsys" })).toBe(false);
  });
});
