import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { UploadOptions } from "../../../internal/gateway/options.ts";
import type { UploadedFile } from "../../../protocol/wire/worker.ts";
import { useSandbox } from "../../support/sandbox.ts";
import { file, filesBelow, form, multipart, PNG, serveUploads, UUID, uploadOptions } from "./support.ts";

const sandbox = useSandbox();
const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function serve(options: Partial<UploadOptions> = {}) {
  const server = await serveUploads(uploadOptions(sandbox, options));
  cleanUps.push(server.close);
  return server;
}

const filesIn = (folder: string) => filesBelow(sandbox.path(folder));

describe("a form", () => {
  test("has its files stored, and its text fields as an object with all values of each name", async () => {
    const { post } = await serve();
    const big = "x".repeat(300_000);
    const { status, body, files, uploadErrors } = await post(
      form(
        ["a", "1"],
        ["b", "one"],
        ["doc", file("hello", "hello.txt")],
        ["b", "two"],
        ["big", file(big, "big.bin", "")],
      ),
    );
    expect(status).toBe(200);
    expect(body).toEqual({ a: "1", b: ["one", "two"] });
    expect(uploadErrors).toEqual([]);
    expect(files).toMatchObject([
      { fieldname: "doc", originalname: "hello.txt", encoding: "7bit", mimetype: "text/plain", size: 5 },
      { fieldname: "big", originalname: "big.bin", mimetype: "application/octet-stream", size: 300_000 },
    ]);
    const [stored] = files as [UploadedFile];
    expect(stored.filename).toMatch(new RegExp(`^up-${UUID}-hello\\.txt$`));
    expect(stored.path).toBe(join(stored.destination, stored.filename));
    expect(isAbsolute(stored.path)).toBe(true);
    expect(await readFile(stored.path, "utf8")).toBe("hello");
    expect(await readFile(files[1]?.path as string, "utf8")).toBe(big);
  });

  test("without files creates no directory", async () => {
    const { post } = await serve();
    expect(await post(form(["a", "é"], ["empty", ""]))).toMatchObject({ body: { a: "é", empty: "" }, files: [] });
    expect(await post(form())).toMatchObject({ status: 200, body: {}, files: [] });
    expect(await post(form(["f", file("", "")]))).toMatchObject({ body: {}, files: [], uploadErrors: [] });
    expect(existsSync(sandbox.path("uploads"))).toBe(false);
  });

  test("can have fields named like members of every object, and __proto__ is dropped", async () => {
    const { post } = await serve();
    const { body } = await post(form(["__proto__", "x"], ["__proto__", "y"], ["constructor", "c"], ["toString", "t"]));
    expect(Object.entries(body)).toEqual([
      ["constructor", "c"],
      ["toString", "t"],
    ]);
    expect(Object.getPrototypeOf(Object.assign({}, body))).toBe(Object.prototype);
  });

  test("with many files has all of them stored", async () => {
    const { post } = await serve();
    const { files } = await post(
      form(...Array.from({ length: 300 }, (_, index) => ["f", file(`${index}`.repeat(100), `${index}.txt`)] as const)),
    );
    expect(files.map(({ originalname }) => originalname)).toEqual(Array.from({ length: 300 }, (_, i) => `${i}.txt`));
    for (const [index, { path }] of files.entries()) {
      expect(await readFile(path, "utf8")).toBe(`${index}`.repeat(100));
    }
  });
});

describe("a file", () => {
  test("above the size limit is skipped and reported; one of exactly that size is stored", async () => {
    const { post } = await serve({ maxFileSize: 100_000 });
    const { status, files, uploadErrors, body } = await post(
      form(
        ["big", file("x".repeat(100_001), "big.txt")],
        ["fits", file("x".repeat(100_000), "fits.txt")],
        ["after", "still there"],
      ),
    );
    expect(status).toBe(200);
    expect(body).toEqual({ after: "still there" });
    expect(files).toMatchObject([{ fieldname: "fits", size: 100_000 }]);
    expect(uploadErrors).toEqual([
      {
        fieldname: "big",
        filename: "big.txt",
        message: "The file's size exceeds limit of 100000 bytes",
        type: "LIMIT_FILE_SIZE",
      },
    ]);
    expect(await filesIn("uploads")).toEqual([files[0]?.filename]);
  });

  test("above the number limit causes all files of all fields to be dropped, which is reported once", async () => {
    const { post } = await serve({ maxFiles: 2, maxFileSize: 3 });
    const three = form(["a", file("1", "1")], ["b", file("too big", "2")], ["t", "text"], ["c", file("3", "3")]);
    expect(await post(three)).toEqual({
      status: 200,
      body: { t: "text" },
      files: [],
      uploadErrors: [
        { fieldname: "c", filename: "3", message: "Too many files: at most 2 are taken", type: "LIMIT_FILE_COUNT" },
      ],
    });
    expect(await filesIn("uploads")).toEqual([]);
    expect((await post(form(["a", file("1", "1")], ["b", file("2", "2")]))).files).toHaveLength(2);
  });

  test.each<[string, string, File, string | undefined]>([
    ["image/png", "is accepted by its contents", file(PNG, "a.txt", "text/plain"), "image/png"],
    ["image/*", "is accepted by its contents and a wildcard", file(PNG, "a.png", "image/png"), "image/png"],
    [
      "Text/Plain; charset=utf-8",
      "is accepted by its declared type, if text",
      file("text", "a", "text/plain; charset=x"),
      "text/plain",
    ],
    [
      "image/svg+xml",
      "is accepted by its declared type, if XML",
      file('<?xml version="1.0"?><svg/>', "a", "image/svg+xml"),
      "image/svg+xml",
    ],
    ["image/png", "is refused if only its declared type matches", file("<script>", "a.png", "image/png"), undefined],
    ["text/plain", "is refused if only its declared type matches", file(PNG, "a.txt", "text/plain"), undefined],
    ["image/png", "is refused if it has another type", file("text", "a", "text/plain"), undefined],
    ["image/png", "is refused if it is empty", file("", "a.png", "image/png"), undefined],
  ])("with %s allowed %s", async (allowed, _how, upload, type) => {
    const { post } = await serve({ allowedTypes: [allowed] });
    const { files, uploadErrors, status } = await post(form(["f", upload]));
    expect(status).toBe(200);
    expect(files.map(({ mimetype }) => mimetype)).toEqual(type === undefined ? [] : [type]);
    expect(uploadErrors).toHaveLength(type === undefined ? 1 : 0);
    if (type !== undefined) return;
    expect(uploadErrors[0]).toMatchObject({
      type: "INVALID_MIME_TYPE",
      message: expect.stringContaining("not allowed"),
    });
    expect(await filesIn("uploads")).toEqual([]);
  });

  test.each([
    ["../../etc/passwd", /-passwd$/],
    ["..\\..\\boot.ini", /-boot\.ini$/],
    ["nul\0byte.txt", /-nul_byte\.txt$/],
    ["con.txt", /-_con\.txt$/],
    [".htaccess", /-_htaccess$/],
    ["résumé 日本.pdf", /-résumé 日本\.pdf$/],
  ])("named %j is stored under a safe name", async (name, stored) => {
    const { url } = await serve();
    const body = multipart({ head: `Content-Disposition: form-data; name="f"; filename="${name}"`, content: "x" });
    const headers = { "content-type": "multipart/form-data; boundary=b" };
    const response = await fetch(url, { method: "POST", body, headers });
    const { files } = (await response.json()) as { files: UploadedFile[] };
    expect(files).toMatchObject([
      { destination: sandbox.path("uploads"), filename: expect.stringMatching(stored), size: 1 },
    ]);
    expect(await filesIn("uploads")).toEqual([files[0]?.filename]);
  });

  test("with a very long name keeps its extension", async () => {
    const { post } = await serve();
    const { files } = await post(form(["f", file("x", `${"ä".repeat(2_000)}.jpeg`)]));
    expect(Buffer.byteLength(files[0]?.filename ?? "")).toSatisfy((bytes: number) => bytes > 200 && bytes <= 255);
    expect(files[0]?.filename).toMatch(/ä\.jpeg$/);
  });
});
