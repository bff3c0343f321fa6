import { describe, expect, test } from "vitest";
import { useScene } from "./scene.ts";

const scene = useScene();

describe("a Request", () => {
  test.each([
    ["/a/../b", "http://app.test/b"],
    ["/a/%2E%2e/b", "http://app.test/b"],
    ["//evil/x", "http://app.test//evil/x"],
    ["/ü <>", "http://app.test/%C3%BC%20%3C%3E"],
    ["*", "http://app.test/*"],
    ["/a?b=/../c", "http://app.test/a?b=/../c"],
  ])("for %s has the URL %s", async (url, expected) => {
    await scene.serve((request) => new Response(request.url));
    expect((await scene.gateway.fetch({ url })).body.toString()).toBe(expected);
  });

  test.each(["", "a b", "x/y", "user@host", "a:99999", "[::1"])(
    "with the invalid host %j has a URL with localhost",
    async (host) => {
      await scene.serve((request) => new Response(request.url));
      expect((await scene.gateway.fetch({ headers: { host } })).body.toString()).toBe("http://localhost/");
    },
  );

  test("has a body that can be read once, with each method of a Request", async () => {
    await scene.serve(async (request) => {
      const { search } = new URL(request.url);
      const read: Record<string, () => Promise<unknown>> = {
        "?text": () => request.text(),
        "?json": () => request.json(),
        "?bytes": async () => Buffer.from(await request.bytes()).toString(),
        "?arrayBuffer": async () => Buffer.from(await request.arrayBuffer()).toString(),
        "?blob": async () => (await request.blob()).text(),
        "?formData": async () => [...(await request.formData())],
        "?stream": async () => Buffer.concat(await Array.fromAsync(request.body ?? [])).toString(),
        "?clone": async () => [await request.clone().text(), await request.text()],
        "?new": async () => new Request((request as unknown as { real: Request }).real).text(),
      };
      const before = request.bodyUsed;
      const result = await read[search]?.();
      return Response.json([before, result, request.bodyUsed, await request.text().catch(() => "used")]);
    });
    const ask = async (search: string, body: string) => {
      const headers = { host: "x", "content-type": "application/x-www-form-urlencoded" };
      const answer = await scene.gateway.fetch({ method: "POST", url: `/${search}`, headers, body: Buffer.from(body) });
      return JSON.parse(answer.body.toString());
    };
    for (const search of ["?text", "?bytes", "?arrayBuffer", "?blob", "?stream", "?new"]) {
      expect([search, await ask(search, "ü")]).toEqual([search, [false, "ü", true, "used"]]);
    }
    expect(await ask("?json", '{"a":[1]}')).toEqual([false, { a: [1] }, true, "used"]);
    expect(await ask("?formData", "a=1&a=2")).toEqual([
      false,
      [
        ["a", "1"],
        ["a", "2"],
      ],
      true,
      "used",
    ]);
    expect(await ask("?clone", "twice")).toEqual([false, ["twice", "twice"], true, "used"]);
  });

  test("without a body has a null body and the default properties of a Request", async () => {
    await scene.serve(async (request) =>
      Response.json([await request.text(), request.cache, request.mode, request.bodyUsed, request.body]),
    );
    expect(JSON.parse((await scene.gateway.fetch({})).body.toString())).toEqual(["", "default", "cors", false, null]);
  });

  test("keeps its other headers when one of them is an invalid field", async () => {
    await scene.serve((request) => Response.json([...request.headers]));
    const headers = { host: "x", ":path": "/", "x-snow": "☃", "x-two": ["1", "2"] };
    const answer = await scene.gateway.fetch({ headers }, { encoding: "json" });
    expect(JSON.parse(answer.body.toString())).toEqual([
      ["host", "x"],
      ["x-two", "1, 2"],
    ]);
  });

  test("has the stored files of a form in its context", async () => {
    await scene.serve(async (_request, { files, uploadErrors }) => Response.json({ files, uploadErrors }));
    const files = [
      {
        fieldname: "f",
        originalname: "o",
        encoding: "7bit",
        mimetype: "a/b",
        destination: "/d",
        filename: "n",
        path: "/d/n",
        size: 3,
      },
    ];
    const uploadErrors = [
      { fieldname: "f", filename: "a.txt", message: "exceeds limit", type: "LIMIT_FILE_SIZE" as const },
    ];
    const answer = await scene.gateway.fetch({ method: "POST", files, uploadErrors });
    expect(JSON.parse(answer.body.toString())).toEqual({ files, uploadErrors });
  });

  test("is aborted when the client or the gateway disconnects", async () => {
    const aborted: unknown[] = [];
    const started = Promise.withResolvers<void>();
    const both = Promise.withResolvers<void>();
    let count = 0;
    await scene.serve(({ signal }) => {
      if (++count === 2) started.resolve();
      return new Promise<Response>((_resolve, reject) => {
        signal.addEventListener("abort", () => {
          if (aborted.push(signal.reason.code) === 2) both.resolve();
          reject(signal.reason);
        });
      });
    });
    const first = scene.gateway.send({});
    scene.gateway.send({});
    await started.promise;
    first.cancel();
    scene.gateway.sendMessage("Ping", {});
    await scene.gateway.message("Pong");
    expect(aborted).toEqual(["CANCELLED"]);
    await scene.gateway.close();
    await both.promise;
    expect(aborted).toEqual(["CANCELLED", "UNAVAILABLE"]);
    expect(scene.errors).toEqual([]);
    await scene.listen();
  });
});
