import { expect, test } from "vitest";
import { threeWays } from "./three-ways.ts";

threeWays("path", ({ call, failure, sandbox }) => {
  test("resolve joins segments to the root", async () => {
    expect(await call("path.resolve", { segments: ["a", "../b"] })).toBe(sandbox.path("b"));
  });
  test("resolve without segments is the root", async () => {
    expect(await call("path.resolve", {})).toBe(sandbox.root);
  });
  test("resolve restarts at a later absolute segment", async () => {
    expect(await call("path.resolve", { segments: ["a", "/etc", "hosts"] })).toBe("/etc/hosts");
  });
  test("join keeps a relative path relative", async () => {
    expect(await call("path.join", { segments: ["a", "b", "..", "c"] })).toBe("a/c");
  });
  test("join accepts segments that begin with a dash", async () => {
    expect(await call("path.join", { segments: ["--fast", "-x"] })).toBe("--fast/-x");
  });
  test("secure-join refuses a path outside the base", async () => {
    const error = await failure("path.secure-join", { base: "/srv", segments: ["..", "etc"] });
    expect(error.code).toBe("DENIED");
    expect(error.message).toContain("/srv");
  });
  test("an unknown parameter is refused", async () => {
    const error = await failure("path.dirname", { path: "a", sufix: "b" });
    expect(error.code).toBe("INVALID_PARAMS");
  });
  test.each([
    ["path.dirname", { path: "/a/b/" }, "/a"],
    ["path.dirname", { path: "a//b//" }, "a"],
    ["path.dirname", { path: "//a" }, "/"],
    ["path.basename", { path: "a/b.ts", suffix: ".ts" }, "b"],
    ["path.extname", { path: ".bashrc" }, ""],
    ["path.relative", { from: "/a/b", to: "c" }, undefined],
    ["path.normalize", { path: "/a//b/../c" }, "/a/c"],
    ["path.is-child", { parent: "/a", child: "/a" }, false],
    ["path.is-child", { parent: "/a", child: "/a/..cfg" }, true],
    ["path.secure-join", { base: "/srv", segments: ["..data", "x"] }, "/srv/..data/x"],
    ["path.secure-join", { base: "/srv/" }, "/srv/"],
    [
      "path.metadata",
      { path: "/a/b.tar.gz" },
      { dir: "/a", base: "b.tar.gz", ext: ".gz", name: "b.tar", isAbsolute: true },
    ],
    ["path.to-namespaced", { path: "/a" }, "/a"],
    ["path.normalize-separators", { path: "a\\b/c" }, "a/b/c"],
    ["path.common-base", { paths: ["/a/b/x", "/a/c/y"] }, "/a"],
    ["path.common-base", { paths: ["/a/x", "/b/y"] }, "/"],
    ["path.is-absolute", { path: "/a" }, true],
    ["path.correct", { path: "/a/b/a/b/c" }, "/a/b/c"],
    ["path.correct", { path: "/a/a/a/a", tentative: 1 }, "/a/a"],
    ["path.correct", { path: "/a//b/./c" }, "/a/b/c"],
    ["path.correct", { path: "/a/b/../c/" }, "/a/c"],
    ["path.correct", { path: "/a/./b//a/b/c", tentative: 1 }, "/a/b/c"],
    ["path.correct", { path: "a/../b/.", tentative: 0 }, "b"],
    ["path.correct", { path: "//" }, "/"],
  ] as const)("%s of %j is %j", async (name, params, expected) => {
    const result = await call(name, params as never);
    if (expected !== undefined) expect(result).toEqual(expected);
  });
  test("correct with verify shortens a path only if the shorter path exists", async () => {
    await sandbox.write("x/x/file.txt", "");
    const twice = sandbox.path("x/x/x/file.txt");
    expect(await call("path.correct", { path: twice, verify: true, tentative: 4 })).toBe(sandbox.path("x/x/file.txt"));
  });
});
