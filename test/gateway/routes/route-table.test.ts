import { describe, expect, test } from "vitest";
import { RouteTable } from "../../../internal/gateway/routes/route-table.ts";
import type { RouteEntry } from "../../../protocol/wire/worker.ts";
import { fc } from "../../support/property.ts";

function worker(path: string, method = "GET"): RouteEntry {
  return { method, path, target: "worker" };
}

function table(...routes: (string | RouteEntry)[]): RouteTable {
  const made = new RouteTable();
  made.sync(routes.map((route) => (typeof route === "string" ? worker(route) : route)));
  return made;
}

/** The matching pattern and its parameters; undefined if none matches. */
function found(routes: RouteTable, path: string, method = "GET"): [string, Record<string, string>] | undefined {
  const match = routes.find(method, path);
  return match && [match.pattern, { ...match.params }];
}

describe("the matching route", () => {
  test("is chosen in the order literal, parameter, wildcard, regardless of the order of the list", () => {
    const routes = table("/*rest", "/users/:id", "/users/me", "/users/*rest");
    expect(found(routes, "/users/me")).toEqual(["/users/me", {}]);
    expect(found(routes, "/users/7")).toEqual(["/users/:id", { id: "7" }]);
    expect(found(routes, "/users/7/posts")).toEqual(["/users/*rest", { rest: "7/posts" }]);
    expect(found(routes, "/other")).toEqual(["/*rest", { rest: "other" }]);
  });

  test("is the next best one if a better one leads to no match", () => {
    const routes = table("/a/b/c", "/a/:x/d", "/:y/b/e", "/a/*rest");
    expect(found(routes, "/a/b/d")).toEqual(["/a/:x/d", { x: "b" }]);
    expect(found(routes, "/a/b/e")).toEqual(["/a/*rest", { rest: "b/e" }]);
    expect(found(routes, "/z/b/e")).toEqual(["/:y/b/e", { y: "z" }]);
    expect(found(routes, "/z/b/d")).toBeUndefined();
  });

  test("does not depend on empty segments and trailing slashes", () => {
    const routes = table("//users//:id//", "/about/");
    for (const path of ["/users/7", "/users/7/", "//users///7//"])
      expect(found(routes, path)?.[1]).toEqual({ id: "7" });
    for (const path of ["/about", "/about/", "//about//"]) expect(found(routes, path)).toEqual(["/about/", {}]);
    expect(found(table("/"), "//")).toEqual(["/", {}]);
  });

  test("depends on upper and lower case", () => {
    expect(found(table("/About"), "/about")).toBeUndefined();
  });

  test("with a wildcard also matches an empty rest, unless there is another route", () => {
    expect(found(table("/files/*rest"), "/files/")).toEqual(["/files/*rest", { rest: "" }]);
    expect(found(table("/:a/*rest"), "/x")).toEqual(["/:a/*rest", { a: "x", rest: "" }]);
    expect(found(table("/*rest", "/"), "/")).toEqual(["/", {}]);
  });

  test("is the first of equal routes, whatever the names of their parameters", () => {
    const routes = table("/users/:id", "/users/:name", "/users/:name/posts");
    expect(found(routes, "/users/7")).toEqual(["/users/:id", { id: "7" }]);
    expect(found(routes, "/users/7/posts")).toEqual(["/users/:name/posts", { name: "7" }]);
  });

  test("for HEAD is the most specific one, with precedence for HEAD or all methods among equals", () => {
    const methodFor = (path: string, ...routes: RouteEntry[]) => table(...routes).find("HEAD", path)?.method;
    expect(methodFor("/a", worker("/a"))).toBe("GET");
    expect(methodFor("/a", worker("/a"), worker("/a", "HEAD"))).toBe("HEAD");
    expect(methodFor("/a", worker("/a"), worker("/a", "*"))).toBe("ALL");
    expect(methodFor("/a", worker("/*rest", "ALL"), worker("/a"))).toBe("GET");
    expect(methodFor("/a", worker("/:id", "HEAD"), worker("/:name"), worker("/*rest", "ALL"))).toBe("HEAD");
    expect(methodFor("/b", worker("/*rest", "ALL"), worker("/a"))).toBe("ALL");
    expect(methodFor("/b", worker("/a", "HEAD"))).toBeUndefined();
  });

  test("is not one of an earlier list", () => {
    const routes = table("/a");
    expect(found(routes, "/a")).toBeDefined();
    routes.sync([worker("/b")]);
    expect([found(routes, "/a"), found(routes, "/b")]).toEqual([undefined, ["/b", {}]]);
  });

  test("can have any method token, in either case; HEAD uses a GET route if it has none", () => {
    const routes = table(worker("/a", "get"), worker("/a", "Purge-All"), worker("/b", "HEAD"), worker("/b"));
    expect(found(routes, "/a", "HEAD")).toEqual(["/a", {}]);
    expect(found(routes, "/a", "PURGE-ALL")).toEqual(["/a", {}]);
    expect(found(routes, "/a", "POST")).toBeUndefined();
    expect(found(table(worker("/a", "HEAD")), "/a")).toBeUndefined();
  });
});

describe("in a path", () => {
  test("parameters are decoded, including an escaped slash", () => {
    expect(found(table("/u/:id"), "/u/a%20b%2Fc%25")?.[1]).toEqual({ id: "a b/c%" });
    expect(found(table("/u/*rest"), "/u/a%2Fb/c%3F")?.[1]).toEqual({ rest: "a/b/c?" });
  });

  test("a literal matches its plain and its escaped form", () => {
    for (const routes of [table("/café"), table("/caf%C3%A9")]) expect(found(routes, "/caf%C3%A9")).toBeDefined();
    expect(found(table("/caf%C3%A9"), "/caf%C3%A9/")).toBeDefined();
  });

  test("colons, dots, dashes and other characters inside a literal have no special meaning", () => {
    for (const path of ["/books:batch", "/a::b", "/v1.2/x-y", "/$metadata", "/c++", "/@me", "/~x;y=1,2"]) {
      expect(found(table(path), path), path).toEqual([path, {}]);
      expect(found(table(path), `${path}/`), path).toEqual([path, {}]);
      expect(found(table(path), `${path}x`), path).toBeUndefined();
    }
  });

  test("a malformed escape matches no route", () => {
    const routes = table("/u/:id", "/*rest");
    for (const path of ["/u/%", "/u/%zz", "/u/%C3", "/%E0%A4%A"]) expect(found(routes, path)).toBeUndefined();
  });

  test("a parameter can be named like a member of every object", () => {
    const match = table("/:__proto__/:constructor/*toString").find("GET", "/a/b/c");
    expect(JSON.stringify(match?.params)).toBe('{"__proto__":"a","constructor":"b","toString":"c"}');
  });

  test("a parameter can be as long as a URL", () => {
    expect(found(table("/u/:id"), `/u/${"x".repeat(50_000)}`)).toBeDefined();
  });
});

describe("an invalid route", () => {
  const NONE = [
    "^\\/x\\/(\\d+)$",
    "\\/x",
    "/u/:id<number>",
    "/u/:id(\\d+)",
    "/u/:id?",
    "/u/:a-:b",
    "/u/:",
    "*",
    "**",
    "/*",
    "/**",
    "/a/*/b",
    "/a/*rest/b",
    "/a*rest",
    "/(.*)",
    "/%2A",
    "/%28.%2A%29",
    "/a[bc]",
    "/a|b",
    "/a?b",
    "/a\u0000",
    "",
    "users",
  ];

  test.each(NONE)("with the path %j matches nothing, and does not affect other routes", (path) => {
    const routes = table(path, "/fine");
    expect(found(routes, "/fine")).toEqual(["/fine", {}]);
    for (const asked of ["/", "/x/1", "/u/1", "/u/1-2", "/a/x/b", "/a/b", "/ab", "/a", "/users", "/*", "/(.*)"]) {
      expect(found(routes, asked), asked).toBeUndefined();
    }
  });

  test("of another type is ignored", () => {
    const routes = new RouteTable();
    const entries = [null, 7, "x", [], {}, { method: "GET" }, { method: 1, path: "/a", target: "w" }];
    const long = [worker(`/${"x".repeat(3_000)}`), worker("/a/".repeat(200)), worker("/a", "G T"), worker("/a", "")];
    const files = [
      { method: "GET", path: "/a", target: "static" },
      { method: "GET", path: "/a", target: "static", file_path: 7 },
    ];
    routes.sync([...entries, ...long, ...files, worker("/fine")] as RouteEntry[]);
    expect(found(routes, "/a")).toBeUndefined();
    expect(found(routes, "/fine")).toBeDefined();
  });

  test.each([
    ["not a list", {}],
    ["null", null],
    ["too long", new Array(10_001).fill(worker("/b"))],
  ])("is refused as a list that is %s, and the routes stay unchanged", (_name, list) => {
    const routes = table("/a");
    expect(() => routes.sync(list as RouteEntry[])).toThrow(expect.objectContaining({ code: "INVALID_PARAMS" }));
    expect(found(routes, "/a")).toBeDefined();
  });

  test("never causes an exception, nor does any path", () => {
    const text = fc.oneof(fc.string(), fc.stringMatching(/^(\/[:*%.a-c(){}0-9$-]{0,4}){1,4}$/));
    const entry = fc.record({ method: fc.constantFrom("GET", "get", "X"), path: text, target: text, file_path: text });
    fc.assert(
      fc.property(fc.array(fc.oneof(entry, fc.anything())), fc.array(text), (list, paths) => {
        const routes = new RouteTable();
        routes.sync(list as RouteEntry[]);
        for (const path of paths) routes.find("GET", path);
      }),
      { numRuns: 300 },
    );
  });
});

describe("a list that is sent again", () => {
  test("replaces the previous one", () => {
    const routes = table("/a", "/b/:x");
    routes.sync([worker("/c")]);
    for (const path of ["/a", "/b/1"]) expect(found(routes, path)).toBeUndefined();
    expect(found(routes, "/c")).toBeDefined();
  });

  test("changes nothing if it is the same, and is not processed again", () => {
    const routes = table("/a", "/b/:x");
    const before = routes.find("GET", "/a");
    routes.sync([worker("/a"), worker("/b/:x")]);
    expect(routes.find("GET", "/a")).toBe(before);
    routes.sync([worker("/a"), { ...worker("/b/:x"), target: "static", file_path: "/srv" }]);
    expect(routes.find("GET", "/b/1")?.file?.path).toBe("/srv");
  });
});

test("a static route gives its file, and a mount the rest of the path", () => {
  const file = { method: "GET", path: "/logo", target: "static", file_path: "/srv/logo.svg" };
  const mount = { method: "GET", path: "/assets/*filepath", target: "static", file_path: "/srv/assets" };
  const routes = table(file, mount);
  expect(routes.find("HEAD", "/logo")?.file).toEqual({ path: "/srv/logo.svg", isMount: false, rest: "" });
  expect(routes.find("GET", "/assets/a/b.js")?.file).toEqual({ path: "/srv/assets", isMount: true, rest: "a/b.js" });
  expect(routes.find("GET", "/assets/")?.file).toEqual({ path: "/srv/assets", isMount: true, rest: "" });
  expect(table("/logo").find("GET", "/logo")?.file).toBeUndefined();
});

describe("a file below a folder", () => {
  const mount = (folder: string) => ({ method: "GET", path: "/assets/*rest", target: "static", file_path: folder });

  test("is looked up once for each path, until the routes change", () => {
    const routes = table(mount("/one"));
    const first = routes.find("GET", "/assets/a.js");
    expect(routes.find("GET", "/assets/a.js")).toBe(first);
    expect(routes.find("GET", "/assets/b.js")?.file?.rest).toBe("b.js");
    routes.sync([mount("/two")]);
    expect(routes.find("GET", "/assets/a.js")?.file).toEqual({ path: "/two", isMount: true, rest: "a.js" });
  });

  test("is looked up again when its path is very long, and after many other paths", () => {
    const routes = table(mount("/one"));
    const long = `/assets/${"x".repeat(1_024)}`;
    expect(routes.find("GET", long)).not.toBe(routes.find("GET", long));
    const first = routes.find("GET", "/assets/a.js");
    for (let name = 0; name < 1_000; name++) routes.find("GET", `/assets/${name}`);
    expect(routes.find("GET", "/assets/a.js")).not.toBe(first);
    expect(routes.find("GET", "/assets/a.js")).toEqual(first);
  });
});
