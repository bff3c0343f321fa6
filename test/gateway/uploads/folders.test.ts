import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { afterEach, describe, expect, test } from "vitest";
import type { UploadOptions } from "../../../internal/gateway/options.ts";
import { useSandbox } from "../../support/sandbox.ts";
import { file, filesBelow, form, serveUploads, UUID, uploadOptions } from "./support.ts";

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

describe("upload directories", () => {
  test("are one per field, with a safe name", async () => {
    const { post } = await serve({ useSubfolder: true });
    const { files } = await post(form(["avatar", file("x", "a")], ["../../x", file("x", "b")]));
    expect(files.map(({ destination }) => destination)).toEqual([
      sandbox.path("uploads/avatar"),
      sandbox.path("uploads/__.._x"),
    ]);
    for (const { path } of files) expect(existsSync(path)).toBe(true);
  });

  test("for temporary files are private to the user, and empty afterwards", async () => {
    const { post } = await serve({ useTempFiles: true, useSubfolder: true });
    const { files } = await post(form(["doc", file("hello", "hello.txt")]));
    expect(files).toMatchObject([{ filename: "hello.txt", destination: sandbox.path("uploads/doc"), size: 5 }]);
    expect(files[0]?.path).toBe(sandbox.path("uploads/doc/hello.txt"));
    expect(await sandbox.read("uploads/doc/hello.txt")).toBe("hello");
    expect(await filesBelow(sandbox.path("temp"))).toEqual([]);
    expect((await stat(sandbox.path("temp"))).mode & 0o777).toBe(0o700);
  });

  test("keep existing files: a new file with the same name gets another name", async () => {
    const { post } = await serve({ useTempFiles: true });
    await sandbox.write("uploads/a.txt", "precious");
    const names: string[] = [];
    for (let time = 0; time < 12; time++) {
      const { files } = await post(form(["f", file(`upload ${time}`, "a.txt")]));
      names.push(files[0]?.filename ?? "");
      expect(await readFile(files[0]?.path ?? "", "utf8")).toBe(`upload ${time}`);
    }
    expect(await sandbox.read("uploads/a.txt")).toBe("precious");
    expect(names.slice(0, 9)).toEqual(Array.from({ length: 9 }, (_, index) => `a-${index + 1}.txt`));
    expect(names[9]).toMatch(new RegExp(`^a-${UUID}\\.txt$`));
    expect(new Set(names).size).toBe(12);
  });

  test("can be on different file systems", async (context) => {
    const elsewhere = await mkdtemp("/dev/shm/xsys-test-").catch(() => context.skip("there is no other file system"));
    cleanUps.push(() => rm(elsewhere, { recursive: true }));
    if ((await stat(elsewhere)).dev === (await stat(sandbox.root)).dev) context.skip("there is no other file system");
    await sandbox.write("uploads/a.txt", "precious");
    const { post } = await serve({ useTempFiles: true, tempFolder: elsewhere });
    const { files } = await post(form(["f", file("new", "a.txt")]));
    expect(files).toMatchObject([{ filename: "a-1.txt" }]);
    expect(await sandbox.read("uploads/a-1.txt")).toBe("new");
    expect(await sandbox.read("uploads/a.txt")).toBe("precious");
    expect(await readdir(elsewhere)).toEqual([]);
  });

  test("that are not writable fail the request, with the reason", async () => {
    await sandbox.write("uploads", "a file");
    const { post, failures } = await serve();
    expect((await post(form(["f", file("x".repeat(200_000), "a")], ["g", file("x", "b")]))).status).toBe(500);
    expect(failures).toEqual([expect.objectContaining({ code: "NOT_A_DIRECTORY" })]);
  });
});
