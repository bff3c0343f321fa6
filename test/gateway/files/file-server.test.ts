import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { appendFile, mkdir, rename, rm, symlink, truncate, utimes, writeFile } from "node:fs/promises";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { describe, expect, test, vi } from "vitest";
import { RouteTable } from "../../../internal/gateway/routes/route-table.ts";
import { useSandbox } from "../../support/sandbox.ts";
import { fakeExchange } from "../fake-exchange.ts";
import { type FileSite, fileSite } from "./support.ts";

const sandbox = useSandbox();
/** Larger than files that are kept in memory. */
const LARGE = 3 * 1_048_576 + 17;

/** Serves one file, whatever the path. */
function siteOf(name: string, options = {}): Promise<FileSite> {
  return fileSite(options, (files, exchange) => files.serve(exchange, sandbox.path(name)));
}

/** A directory, mounted by a worker's routes. */
function mount(options = {}, path = "/assets/*filepath"): Promise<FileSite> {
  const routes = new RouteTable();
  routes.sync([{ method: "GET", path, target: "static", file_path: sandbox.path("public") }]);
  return fileSite(options, (files, exchange) => {
    const file = routes.find("GET", exchange.path)?.file;
    return file ? files.serveBelow(exchange, file.path, file.rest) : { status: 599, headers: {} };
  });
}

describe("a file", () => {
  test("is sent with its type, length, modification time and ETag", async () => {
    const file = await sandbox.write("page.html", "<p>hello");
    await utimes(file, 1_700_000_000, 1_700_000_000);
    const { status, headers, body } = await (await siteOf("page.html", { maxAge: 60 })).ask("/");
    expect([status, body.toString()]).toEqual([200, "<p>hello"]);
    expect(headers).toMatchObject({
      "content-type": "text/html; charset=utf-8",
      "content-length": "8",
      "last-modified": "Tue, 14 Nov 2023 22:13:20 GMT",
      "cache-control": "public, max-age=60",
      "accept-ranges": "bytes",
      etag: expect.stringMatching(/^"8-[0-9a-f.]+"$/),
    });
    expect(headers.vary).toBeUndefined();
  });

  test.each([
    ["that is empty", 0],
    ["that is kept in memory", 5_000],
    ["that is not kept in memory", LARGE],
  ])("%s is sent unchanged, also the second time, and HEAD has its length", async (_name, size) => {
    const bytes = randomBytes(size);
    await sandbox.write("html", bytes); // no extension, so the type is unknown
    const site = await siteOf("html");
    for (const _ of [1, 2]) {
      const { status, headers, body } = await site.ask("/");
      expect([status, headers["content-length"], headers["content-type"]]).toEqual([
        200,
        String(size),
        "application/octet-stream",
      ]);
      expect(body.equals(bytes)).toBe(true);
    }
    const { headers, body } = await site.ask("/", { method: "HEAD" });
    expect([headers["content-length"], body.length]).toEqual([String(size), 0]);
  });

  test("accepts only GET and HEAD", async () => {
    await sandbox.write("a.txt", "a");
    const { status, headers } = await (await siteOf("a.txt")).ask("/", { method: "POST" });
    expect([status, headers.allow]).toEqual([405, "GET, HEAD"]);
  });

  test("that does not exist, or is a directory, is answered with 404", async () => {
    await mkdir(sandbox.path("folder"));
    for (const name of ["none", "folder", "x".repeat(300), "a\0b"]) {
      expect((await (await siteOf(name)).ask("/")).status).toBe(404);
    }
  });

  test("that changes in content and length is sent with its new content soon", async () => {
    await sandbox.write("a.txt", "before");
    const site = await siteOf("a.txt");
    const { headers } = await site.ask("/");
    await sandbox.write("a.txt", "after it");
    await vi.waitFor(async () => expect((await site.ask("/")).body.toString()).toBe("after it"));
    expect((await site.ask("/")).headers.etag).not.toBe(headers.etag);
    await rm(sandbox.path("a.txt"));
    await vi.waitFor(async () => expect((await site.ask("/")).status).toBe(404));
  });

  test("that is replaced by one of the same size and time is recognized as another", async () => {
    const [file, other] = [await sandbox.write("a.txt", "before"), await sandbox.write("b.txt", "after.")];
    for (const path of [file, other]) await utimes(path, 1_700_000_000, 1_700_000_000);
    const site = await siteOf("a.txt");
    await site.ask("/");
    await rename(other, file);
    await vi.waitFor(async () => expect((await site.ask("/")).body.toString()).toBe("after."));
  });

  test("is found with any size of the cache", async () => {
    for (const name of ["a", "b", "c"]) await sandbox.write(`public/${name}`, name);
    for (const cacheEntries of [0, 1, 2]) {
      const site = await mount({ cacheEntries });
      for (const name of ["a", "b", "c", "a", "b", "a"]) {
        expect((await site.ask(`/assets/${name}`)).body.toString()).toBe(name);
      }
    }
  });
});

describe("conditional requests", () => {
  test("with a current ETag or time are answered with 304", async () => {
    await sandbox.write("a.css", "a{}");
    const site = await siteOf("a.css", { maxAge: 5 });
    const { etag = "", "last-modified": modified = "" } = (await site.ask("/")).headers;
    for (const headers of [
      { "if-none-match": etag },
      { "if-none-match": `"x", ${etag}` },
      { "if-none-match": "*" },
      { "if-none-match": `W/${etag}` },
      { "if-none-match": `"a,b",${etag}` },
      { "if-modified-since": modified },
      // Node's fetch adds these two headers to a conditional request.
      { "if-none-match": etag, "cache-control": "no-cache", pragma: "no-cache" },
      { "if-modified-since": modified, "cache-control": "max-age=0, no-cache" },
    ]) {
      const reply = await site.ask("/", { headers: headers as Record<string, string> });
      expect(reply.status).toBe(304);
      expect(reply.headers).toMatchObject({ etag, "cache-control": "public, max-age=5" });
      expect(reply.headers["content-type"]).toBeUndefined();
    }
  });

  test("with another ETag or an older time receive the file", async () => {
    await sandbox.write("a.css", "a{}");
    const site = await siteOf("a.css");
    const { "last-modified": modified = "" } = (await site.ask("/")).headers;
    for (const headers of [
      { "if-none-match": '"x"' },
      { "if-none-match": '"x"', "if-modified-since": modified },
      { "if-modified-since": "Tue, 14 Nov 2000 22:13:20 GMT" },
      { "if-modified-since": "yesterday" },
      { "if-modified-since": "2100" },
    ]) {
      expect((await site.ask("/", { headers: headers as Record<string, string> })).status).toBe(200);
    }
  });

  test("with an unmet precondition are answered with 412", async () => {
    await sandbox.write("a.css", "a{}");
    const site = await siteOf("a.css");
    const { etag = "", "last-modified": modified = "" } = (await site.ask("/")).headers;
    const status = async (headers: Record<string, string>) => (await site.ask("/", { headers })).status;
    expect(await status({ "if-match": '"x"' })).toBe(412);
    expect(await status({ "if-unmodified-since": "Tue, 14 Nov 2000 22:13:20 GMT" })).toBe(412);
    expect(await status({ "if-match": `W/${etag}` })).toBe(412);
    expect(await status({ "if-match": `"x", ${etag}` })).toBe(200);
    expect(await status({ "if-match": "*" })).toBe(200);
    expect(await status({ "if-unmodified-since": modified })).toBe(200);
  });
});

describe("ranges", () => {
  const BYTES = randomBytes(LARGE);

  test.each([
    ["of a small file", 1_000],
    ["of a large file", LARGE],
  ])("%s are answered with that part", async (_name, size) => {
    await sandbox.write("data", BYTES.subarray(0, size));
    const site = await siteOf("data");
    for (const _ of ["not yet read", "read"]) {
      for (const [range, start, end] of [
        ["bytes=0-0", 0, 0],
        ["bytes=100-199", 100, 199],
        ["bytes=500-", 500, size - 1],
        ["bytes=-10", size - 10, size - 1],
        ["bytes=900-99999999", 900, size - 1],
        ["bytes=0-99, 100-199", 0, 199],
        ["bytes=100-199,0-150", 0, 199],
        ["bytes=-65536000", 0, size - 1],
        ["Bytes=99999999-, ,0-0", 0, 0],
      ] as const) {
        const { status, headers, body } = await site.ask("/", { headers: { range } });
        expect([status, headers["content-range"]]).toEqual([206, `bytes ${start}-${end}/${size}`]);
        expect(headers["content-length"]).toBe(String(end + 1 - start));
        expect(body.equals(BYTES.subarray(start, end + 1))).toBe(true);
      }
      await site.ask("/");
    }
  });

  test("outside the file are answered with 416 and the file's size", async () => {
    await sandbox.write("data", "0123456789");
    const site = await siteOf("data");
    for (const range of ["bytes=10-", "bytes=-0", "bytes=10-, 99-100"]) {
      const { status, headers } = await site.ask("/", { headers: { range } });
      expect([status, headers["content-range"]], range).toEqual([416, "bytes */10"]);
    }
  });

  test("that are separate or invalid are answered with the whole file", async () => {
    await sandbox.write("data", "0123456789");
    const site = await siteOf("data");
    for (const range of [
      ...["bytes=0-1,5-6", "bytes=x", "lines=1-2", "bytes", "bytes=5-2x", "bytes=5-2", "bytes=0-1,5-2", "bytes="],
      ...["bytes=-", "bytes=--1", "bytes=1-2-3", "bytes=0 -1", "bytes=0x1-2"],
    ]) {
      expect((await site.ask("/", { headers: { range } })).status, range).toBe(200);
    }
  });

  test("of an empty file's last bytes are answered with the whole file", async () => {
    await sandbox.write("data", "");
    const { status, headers } = await (await siteOf("data")).ask("/", { headers: { range: "bytes=-5" } });
    expect([status, headers["content-length"], headers["content-range"]]).toEqual([200, "0", undefined]);
  });

  test("are ignored for HEAD, and for a version with only a weak ETag", async () => {
    const file = await sandbox.write("data", "0123456789");
    const headers = { "x-xhsc-static-delegate": file, etag: 'W/"1"' };
    const site = await fileSite({}, (files, exchange) => files.delegated(exchange, { status: 0, headers }));
    const asked = { range: "bytes=0-1", "if-range": 'W/"1"' };
    expect((await site.ask("/", { headers: asked })).status).toBe(200);
    expect((await site.ask("/", { headers: { "if-match": 'W/"1"' } })).status).toBe(412);
    expect((await site.ask("/", { headers: { "if-none-match": '"1"' } })).status).toBe(304);
    expect((await site.ask("/", { method: "HEAD", headers: { range: "bytes=0-1" } })).status).toBe(200);
  });

  test("with If-Range are sent only if the client has the same version", async () => {
    await sandbox.write("data", "0123456789");
    const site = await siteOf("data");
    const { etag = "", "last-modified": modified = "" } = (await site.ask("/")).headers;
    const status = async (ifRange: string) =>
      (await site.ask("/", { headers: { range: "bytes=0-1", "if-range": ifRange } })).status;
    expect(await status(etag)).toBe(206);
    expect(await status(modified)).toBe(206);
    expect(await status('"x"')).toBe(200);
    expect(await status(`W/${etag}`)).toBe(200);
    expect(await status(`${etag}, ${etag}`)).toBe(200);
    expect(await status("Tue, 14 Nov 2100 22:13:20 GMT")).toBe(200);
    expect(await status("Tue, 14 Nov 2000 22:13:20 GMT")).toBe(200);
  });
});

describe("a precompressed file", () => {
  test("is sent to clients that accept it, by their preference, with the original's type", async () => {
    const text = "let x = 1;\n".repeat(100);
    await sandbox.write("app.js", text);
    await sandbox.write("app.js.br", brotliCompressSync(text));
    await sandbox.write("app.js.gz", gzipSync(text));
    const site = await siteOf("app.js");
    for (const [accept, coding] of [
      ["gzip, deflate, br, zstd", "br"],
      ["gzip", "gzip"],
      ["br;q=0.2, gzip;q=0.8", "gzip"],
      ["*", "br"],
      ["identity, br;q=0.5", undefined],
      ["br;q=0", undefined],
      ["zstd", undefined],
    ] as const) {
      const { headers } = await site.ask("/", { headers: { "accept-encoding": accept } });
      expect(headers["content-encoding"], accept).toBe(coding);
      expect(headers).toMatchObject({ "content-type": "text/javascript; charset=utf-8", vary: "Accept-Encoding" });
    }
    const { body } = await site.ask("/", { headers: { "accept-encoding": "br" } });
    expect(body.equals(brotliCompressSync(text))).toBe(true);
  });

  test("is found when it is created later, and is not used if it is a symbolic link", async () => {
    const file = await sandbox.write("app.js", "let x");
    await symlink(file, `${file}.gz`);
    const site = await siteOf("app.js");
    const coding = async () => (await site.ask("/", { headers: { "accept-encoding": "br, gzip" } })).headers;
    expect((await coding())["content-encoding"]).toBeUndefined();
    await writeFile(`${file}.br`, "x");
    await vi.waitFor(async () => expect((await coding())["content-encoding"]).toBe("br"));
  });
});

describe("a mounted directory", () => {
  test("serves its files, with escaped or plain paths, and index.html", async () => {
    await sandbox.write("public/sub/a b&ü.txt", "here");
    await sandbox.write("public/index.html", "index");
    await sandbox.write("public/sub/index.html", "sub");
    const site = await mount();
    expect((await site.ask("/assets/sub/a%20b&%C3%BC.txt")).body.toString()).toBe("here");
    expect((await site.ask("/assets/")).body.toString()).toBe("index");
    expect((await site.ask("/assets/sub/")).body.toString()).toBe("sub");
    expect((await site.ask("/assets/none")).status).toBe(404);
  });

  test("redirects to the path with a slash, with the query and to the same host", async () => {
    await sandbox.write("public/sub/index.html", "sub");
    const site = await mount();
    const replies = await Promise.all(["?a=1", "?b=2", ""].map((search) => site.ask(`/assets/sub${search}`)));
    expect(replies.map(({ status, headers }) => [status, headers.location])).toEqual([
      [301, "/assets/sub/?a=1"],
      [301, "/assets/sub/?b=2"],
      [301, "/assets/sub/"],
    ]);
    await sandbox.write("public/evil.example/index.html", "evil");
    const all = await mount({}, "/*filepath");
    expect((await all.ask("//evil.example")).headers.location).toBe("/evil.example/");
  });

  test("is answered with 404 without index.html", async () => {
    await sandbox.write("public/sub/a", "a");
    for (const path of ["/assets/sub", "/assets/sub/"]) expect((await (await mount()).ask(path)).status).toBe(404);
  });

  test("is not left by dots, escapes, absolute paths or NUL", async () => {
    await sandbox.write("secret", "TOP SECRET");
    await sandbox.write("public-too", "TOP SECRET");
    await sandbox.write("public/a", "a");
    const site = await mount();
    for (const path of [
      "/assets/../secret",
      "/assets/%2e%2e/secret",
      "/assets/..%2fsecret",
      "/assets/a/..%2F..%2Fsecret",
      "/assets/.%2e/public-too",
      `/assets/%2F${sandbox.path("secret")}`,
      "/assets//etc/passwd",
      "/assets/%00",
      "/assets/a%00.txt",
      "/assets/..%5csecret",
    ]) {
      const { status, body } = await site.ask(path);
      expect(status, path).toBeOneOf([403, 404]);
      expect(body.toString(), path).not.toContain("TOP SECRET");
    }
    expect((await site.ask("/assets/a")).status).toBe(200);
  });

  test("may contain symbolic links to its own files, but not to others", async () => {
    await sandbox.write("secret/index.html", "secret");
    await sandbox.write("public/a", "a");
    await mkdir(sandbox.path("public/sub"));
    await symlink("a", sandbox.path("public/in.css"));
    await symlink("../secret/index.html", sandbox.path("public/file"));
    await symlink("../secret", sandbox.path("public/folder"));
    await symlink("../../secret/index.html", sandbox.path("public/sub/index.html"));
    const site = await mount();
    const { headers, body } = await site.ask("/assets/in.css");
    expect([headers["content-type"], body.toString()]).toEqual(["text/css; charset=utf-8", "a"]);
    for (const path of ["file", "folder/index.html", "folder/", "sub/"]) {
      expect((await site.ask(`/assets/${path}`)).status, path).toBe(403);
    }
  });

  test("does not serve an outside file that was served by its own path before", async () => {
    await sandbox.write("secret", "secret");
    await mkdir(sandbox.path("public"));
    await symlink("../secret", sandbox.path("public/link"));
    const site = await fileSite({}, (files, exchange) =>
      exchange.path === "/own"
        ? files.serve(exchange, sandbox.path("public/link"))
        : files.serveBelow(exchange, sandbox.path("public"), "link"),
    );
    expect((await site.ask("/own")).status).toBe(200);
    expect((await site.ask("/below")).status).toBe(403);
  });

  test.each([
    ["deny", 403],
    ["ignore", 404],
    ["allow", 200],
  ] as const)("with dotfiles set to %s answers hidden files and directories with %i", async (dotfiles, status) => {
    await sandbox.write("public/.env", "x");
    await sandbox.write("public/.git/config", "x");
    const site = await mount({ dotfiles });
    for (const path of ["/assets/.env", "/assets/.git/config"]) expect((await site.ask(path)).status).toBe(status);
  });
});

describe("a large file", () => {
  test("that is truncated while it is sent closes the connection, and the next request is answered", async () => {
    const file = await sandbox.write("data", Buffer.alloc(40 * 1_048_576));
    const site = await siteOf("data");
    const reply = await site.open("/");
    await truncate(file, 1_000_000);
    await expect(reply.resume().toArray()).rejects.toThrow("aborted");
    expect((await site.ask("/")).body.length).toBe(1_000_000);
  });

  test("that grows while it is sent is sent with the announced length", async () => {
    const file = await sandbox.write("data", Buffer.alloc(LARGE));
    const site = await siteOf("data");
    const reply = await site.open("/");
    await appendFile(file, Buffer.alloc(1_000_000));
    expect(Buffer.concat(await reply.toArray()).length).toBe(LARGE);
  });

  test("waits if its client uses half of the places, and is sent when another transfer ends", async () => {
    await sandbox.write("data", Buffer.alloc(LARGE));
    const { files } = await siteOf("data", { concurrency: 2 });
    const exchanges = ["192.0.2.1", "192.0.2.1", "192.0.2.2"].map((peer) => fakeExchange({ peer }));
    const begun: string[] = [];
    const [first, second, other] = exchanges.map(async (exchange, index) => {
      const { status } = await files.serve(exchange, sandbox.path("data"));
      begun.push(`${index}: ${status}`);
    });
    await Promise.all([first, other]);
    expect(begun.toSorted()).toEqual(["0: 200", "2: 200"]);
    exchanges[0]?.end();
    await second;
    expect(begun[2]).toBe("1: 200");
    for (const exchange of exchanges) exchange.end();
  });

  test("is no longer queued when its client disconnects", async () => {
    await sandbox.write("data", Buffer.alloc(LARGE));
    const { files, lines } = await siteOf("data", { concurrency: 1 });
    const [reader, gone] = [fakeExchange(), fakeExchange()];
    await files.serve(reader, sandbox.path("data"));
    const waiting = files.serve(gone, sandbox.path("data"));
    gone.end();
    expect((await waiting).status).toBe(503);
    expect(lines).toEqual([]);
    reader.end();
  });
});

describe("a file named by a worker's response", () => {
  test("is sent with the worker's headers, which take precedence over the file's own", async () => {
    const file = await sandbox.write("report.txt", "0123456789");
    const headers = {
      "x-xhsc-static-delegate": file,
      "content-type": "text/x-report",
      "content-disposition": 'attachment; filename="r.txt"',
      "content-length": "0",
      "set-cookie": ["a=1", "b=2"],
    };
    const site = await fileSite({}, (files, exchange) => files.delegated(exchange, { status: 0, headers }));
    const reply = await site.ask("/");
    expect([reply.status, reply.body.toString()]).toEqual([200, "0123456789"]);
    expect(reply.headers).toMatchObject({
      "content-type": "text/x-report",
      "content-disposition": 'attachment; filename="r.txt"',
      "content-length": "10",
      "set-cookie": ["a=1", "b=2"],
      "last-modified": expect.any(String),
    });
    expect(reply.headers).not.toHaveProperty("x-xhsc-static-delegate");
    const etag = reply.headers.etag ?? "";
    expect((await site.ask("/", { headers: { "if-none-match": etag } })).status).toBe(304);
    expect((await site.ask("/", { headers: { range: "bytes=2-3" } })).body.toString()).toBe("23");
    expect((await site.ask("/", { method: "POST" })).body.toString()).toBe("0123456789");
  });

  test("is also sent precompressed, and Vary has the worker's value too", async () => {
    const file = await sandbox.write("a.css", "a{}");
    await sandbox.write("a.css.gz", gzipSync("a{}"));
    const headers = { "x-xhsc-static-delegate": file, vary: "Origin" };
    const site = await fileSite({}, (files, exchange) => files.delegated(exchange, { status: 0, headers }));
    const reply = await site.ask("/", { headers: { "accept-encoding": "gzip" } });
    expect(reply.headers).toMatchObject({ "content-encoding": "gzip", vary: "Origin, Accept-Encoding" });
  });

  test.each([
    ["does not exist", "/nothing/here", 404],
    ["has no absolute path", "report.txt", 502],
    ["has no path", undefined, 502],
  ])("that %s is answered with an error", async (_name, file, status) => {
    const headers: Record<string, string> = file === undefined ? {} : { "x-xhsc-static-delegate": file };
    const site = await fileSite({}, (files, exchange) => files.delegated(exchange, { status: 0, headers }));
    expect((await site.ask("/")).status).toBe(status);
  });
});

test.skipIf(!existsSync("/sys/devices/system/cpu/online"))(
  "ranges of a file that reports a wrong size refer to its real size",
  async () => {
    for (const path of ["/sys/devices/system/cpu/online", "/proc/version"]) {
      const bytes = readFileSync(path);
      const site = await fileSite({}, (files, exchange) => files.serve(exchange, path));
      const asked = (range: string) => site.ask("/", { headers: { range } });
      const all = await asked("bytes=0-");
      expect([all.status, all.headers["content-range"], all.body.equals(bytes)]).toEqual([
        206,
        `bytes 0-${bytes.length - 1}/${bytes.length}`,
        true,
      ]);
      expect((await asked("bytes=1-1")).body).toEqual(bytes.subarray(1, 2));
      const beyond = await asked("bytes=3000-");
      expect([beyond.status, beyond.headers["content-range"]]).toEqual([416, `bytes */${bytes.length}`]);
    }
  },
);
