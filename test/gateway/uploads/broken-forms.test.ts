import { request } from "node:http";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { UploadOptions } from "../../../internal/gateway/options.ts";
import { useSandbox } from "../../support/sandbox.ts";
import { filesBelow, multipart, OverLimit, serveUploads, uploadOptions } from "./support.ts";

const sandbox = useSandbox();
const cleanUps: (() => unknown)[] = [];
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0).reverse()) cleanUp();
});

async function serve({ maxBody, ...options }: Partial<UploadOptions> & { maxBody?: number } = {}) {
  const server = await serveUploads(uploadOptions(sandbox, options), maxBody);
  cleanUps.push(server.close);
  const post = (body: string | Uint8Array<ArrayBuffer>, type = "multipart/form-data; boundary=b") =>
    fetch(server.url, { method: "POST", body, headers: { "content-type": type } });
  return { ...server, post };
}

const stored = () => filesBelow(sandbox.root);

const FILE = { head: 'Content-Disposition: form-data; name="f"; filename="a.txt"', content: "x".repeat(10_000) };
const FIELD = { head: 'Content-Disposition: form-data; name="t"', content: "text" };

describe("a form that is refused with 400 and leaves nothing on disk", () => {
  test.each([
    ["no boundary", "multipart/form-data"],
    ["a boundary that is too long", `multipart/form-data; boundary=${"b".repeat(300)}`],
    ["another boundary", "multipart/form-data; boundary=other"],
  ])("has %s", async (_what, type) => {
    const { post } = await serve();
    const response = await post(multipart(FILE, FIELD), type);
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ error: expect.stringContaining("malformed") });
    expect(await stored()).toEqual([]);
  });

  test("is truncated at any point", async () => {
    const { post } = await serve({ useTempFiles: true });
    const whole = multipart(FIELD, { ...FILE, content: "x".repeat(50) }, FIELD, FILE);
    const end = whole.length - "--\r\n".length;
    const cuts = [
      0,
      ...Array.from({ length: 60 }, (_, index) => Math.floor(((index + 1) * 290) / 60)),
      end - 5_000,
      end,
    ];
    for (const cut of cuts) {
      const { status } = await post(whole.slice(0, cut));
      expect({ cut, status }).toEqual({ cut, status: 400 });
    }
    expect(await stored()).toEqual([]);
    expect((await post(whole)).status).toBe(200);
  });

  test("is not multipart at all", async () => {
    const { post } = await serve();
    for (const body of ["\0\u0001\u0002", "--b", "--b--".slice(0, 4), "-".repeat(100_000), "\r\n".repeat(50_000)]) {
      expect((await post(body)).status).toBe(400);
    }
    expect(await stored()).toEqual([]);
  });
});

describe("parts that are not form fields", () => {
  test("are skipped", async () => {
    const { post } = await serve();
    const body = multipart(
      { head: "X-Nothing: 1", content: "no disposition" },
      { head: "Content-Disposition: attachment; filename=x", content: "no field" },
      { head: "Content-Disposition: form-data; filename=x", content: "no name" },
      { head: "Content-Disposition: form-data", content: "no name either" },
      FIELD,
    );
    const response = await post(body);
    expect(await response.json()).toEqual({ body: { t: "text" }, files: [], uploadErrors: [] });
  });
});

describe("a form that is refused with 413 and leaves nothing on disk", () => {
  test.each<[string, () => string]>([
    ["too many fields", () => multipart(FILE, ...Array(1_001).fill(FIELD))],
    ["too many parts", () => multipart(FILE, ...Array(2_001).fill({ ...FILE, content: "x" }))],
    ["too much text", () => multipart(FILE, ...Array(9).fill({ ...FIELD, content: "x".repeat(1_000_000) }))],
    ["a field that is too long", () => multipart(FILE, { ...FIELD, content: "x".repeat(1_048_577) })],
  ])("has %s", async (_what, body) => {
    const { post } = await serve({ maxFiles: 10 });
    const response = await post(body());
    expect(response.status).toBe(413);
    expect(await response.json()).toEqual({ error: expect.stringContaining("too large") });
    expect(await stored()).toEqual([]);
  });
});

describe("a form that cannot be read completely leaves nothing on disk", () => {
  test("if its body exceeds the limit", async () => {
    const { post, failures } = await serve({ maxBody: 200_000 });
    await post(multipart(FILE, FIELD, { ...FILE, content: "x".repeat(500_000) }));
    expect(failures).toEqual([expect.any(OverLimit)]);
    expect(await stored()).toEqual([]);
  });

  test.each([false, true])("if its client disconnects (temporary files: %s)", async (useTempFiles) => {
    const { url, failures } = await serve({ useTempFiles });
    const client = request(url, { method: "POST", headers: { "content-type": "multipart/form-data; boundary=b" } });
    client.on("error", () => {});
    client.write(multipart(FILE, { ...FILE, content: "x".repeat(500_000) }).slice(0, 400_000));
    await vi.waitFor(async () => expect(await stored()).toHaveLength(2), { timeout: 25_000 });
    client.destroy();
    await vi.waitFor(() => expect(failures).toEqual([expect.objectContaining({ code: "CANCELLED" })]), {
      timeout: 25_000,
    });
    expect(await stored()).toEqual([]);
  });
});
