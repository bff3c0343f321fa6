import { appendFileSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Client, connect } from "../../clients/typescript/index.ts";
import type { Service } from "../../internal/host/service.ts";
import { folderWatches } from "../../internal/watching/folder-watches.ts";
import { exactPath, hexPath, nameOf, pathFromOutside, shownPath } from "../../internal/watching/names.ts";
import { differences } from "../../internal/watching/rescan.ts";
import scanWatched from "../../internal/watching/scan-watched.ts";
import { WatchedTree } from "../../internal/watching/watched-tree.ts";
import { startXsys } from "../support/command-line.ts";
import { useSandbox } from "../support/sandbox.ts";
import { startTestService } from "../support/service.ts";

describe("a name converted to text", () => {
  test.each([
    ["plain", "plain"],
    ["ümlaut 😀", "ümlaut 😀"],
    ["\uFFFD", "\uFFFD"],
    [Buffer.from([0x61, 0xff, 0x62]), "a\uFFFDb"],
    [Buffer.from([0xff]), "\uFFFD"],
    [Buffer.from([0xc3, 0xbc, 0xff]), "ü\uFFFD"],
    [Buffer.from([0xe2, 0x82]), "\uFFFD"],
    [Buffer.from([0xed, 0xa0, 0x80]), "\uFFFD\uFFFD\uFFFD"],
  ])("keeps every byte of %j, and is shown as in other commands", (name, shown) => {
    const bytes = Buffer.from(name as string);
    const path = `/ö 😀/${nameOf(bytes)}/in`;
    expect(Buffer.from(exactPath(path))).toEqual(Buffer.concat([Buffer.from("/ö 😀/"), bytes, Buffer.from("/in")]));
    expect(shownPath(path)).toBe(`/ö 😀/${shown}/in`);
    expect(hexPath(path)).toBe(typeof name === "string" ? undefined : Buffer.from(exactPath(path)).toString("hex"));
  });

  test("two different names that are shown alike remain different", () => {
    expect(nameOf(Buffer.from([0xff]))).not.toBe(nameOf(Buffer.from([0xfe])));
  });

  test("a path from a caller cannot contain raw bytes, with which it would bypass the path checks", () => {
    expect(exactPath(pathFromOutside("/root/\udcff"))).toBe("/root/\uFFFD");
  });
});

describe.skipIf(process.platform !== "linux")("files whose names are not UTF-8", () => {
  const sandbox = useSandbox();
  let service: Service;
  let client: Client;
  beforeEach(async () => {
    service = await startTestService();
    client = await connect({ socket: service.socket });
  });
  afterEach(async () => {
    client.close();
    service.stop(true);
    await service.ended;
  });

  /** A path in the sandbox, as bytes. */
  const at = (...names: string[]) => Buffer.from(`${sandbox.root}/${names.join("/")}`, "latin1");
  const hex = (...names: string[]) => at(...names).toString("hex");

  test("are reported, also in directories with such names", async () => {
    mkdirSync(at("d\xff"));
    writeFileSync(at("d\xff", "a"), "one");
    writeFileSync(at("f\xfe"), "one");
    const told: unknown[] = [];
    for await (const event of client.watch.files({ paths: [sandbox.root] })) {
      if (event.type === "ready") {
        appendFileSync(at("f\xfe"), "two");
        appendFileSync(at("d\xff", "a"), "two");
        mkdirSync(at("d\xff", "e\xfd"));
        writeFileSync(at("d\xff", "e\xfd", "b"), "");
      } else {
        told.push({ ...event, path: event.path?.slice(sandbox.root.length + 1) });
      }
      if (event.path?.endsWith("/b")) break;
    }
    expect(told).toEqual([
      { type: "modify", path: "f\uFFFD", is_dir: false, path_hex: hex("f\xfe") },
      { type: "modify", path: "d\uFFFD/a", is_dir: false, path_hex: hex("d\xff", "a") },
      { type: "create", path: "d\uFFFD/e\uFFFD", is_dir: true, path_hex: hex("d\xff", "e\xfd") },
      { type: "create", path: "d\uFFFD/e\uFFFD/b", is_dir: false, path_hex: hex("d\xff", "e\xfd", "b") },
    ]);
  });

  test("are distinguished when they are renamed and deleted", async () => {
    writeFileSync(at("f\xfe"), "one");
    writeFileSync(at("f\xff"), "other");
    const told: unknown[] = [];
    for await (const event of client.watch.files({ paths: [sandbox.root] })) {
      if (event.type === "ready") renameSync(at("f\xfe"), at("g\xfe"));
      if (event.type === "rename") rmSync(at("f\xff"));
      if (event.type !== "ready") told.push(event);
      if (event.type === "delete") break;
    }
    expect(told).toEqual([
      {
        type: "rename",
        path: sandbox.path("g\uFFFD"),
        path_hex: hex("g\xfe"),
        from: sandbox.path("f\uFFFD"),
        from_hex: hex("f\xfe"),
        is_dir: false,
      },
      { type: "delete", path: sandbox.path("f\uFFFD"), path_hex: hex("f\xff"), is_dir: false },
    ]);
  });

  test("are reported with their lines", async () => {
    writeFileSync(at("f\xfe"), "one\n");
    for await (const { type, lines, path_hex } of client.watch.content({ paths: [sandbox.root] })) {
      if (type === "ready") appendFileSync(at("f\xfe"), "two\n");
      else {
        expect([path_hex, lines]).toEqual([hex("f\xfe"), [{ type: "added", line: 2, text: "two" }]]);
        break;
      }
    }
  });

  test.each(["fs.watch", "fs.watch-content"] as const)("are reported as the first change of %s", async (name) => {
    mkdirSync(at("d\xff"));
    let tries = 0;
    const timer = setInterval(() => writeFileSync(at("d\xff", `f${tries++}`), "x"), 20);
    const events = await Array.fromAsync(client.subscribe(name, { paths: [sandbox.root] }));
    clearInterval(timer);
    const [{ path, path_hex } = {}] = events as { path?: string; path_hex?: string }[];
    expect(path).toMatch(/\/d\uFFFD\/f\d+$/);
    expect(Buffer.from(path_hex ?? "", "hex").subarray(0, at("d\xff").length)).toEqual(at("d\xff"));
  });

  test("are printed as lines of text by the command line", async () => {
    const child = startXsys(["watch", "files", sandbox.root]);
    let printed = "";
    for await (const chunk of child.stdout ?? []) {
      printed += chunk;
      if (printed === "ready\n") writeFileSync(at("f\xfe"), "");
      if (printed.includes("create")) child.kill("SIGTERM");
    }
    expect(printed).toBe(`ready\ncreate ${sandbox.path("f\uFFFD")}\n`);
  });

  test("are found by comparing the tree after an overflow", async () => {
    mkdirSync(at("d\xff"));
    const options = { roots: [sandbox.root], ignore: [], shallow: false, debounce: 0 };
    const tree = new WatchedTree(options, async (args) => scanWatched(args), folderWatches);
    await tree.ready;
    writeFileSync(at("d\xff", "b\xfe"), "");
    const found = await Array.fromAsync(differences(scanWatched(options), tree.index));
    expect(found.map((path) => Buffer.from(exactPath(path)))).toContainEqual(at("d\xff", "b\xfe"));
    await tree.close();
  });
});
