import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";

const DOCS = new URL("../../docs/", import.meta.url);

test("all links of the security page exist, and every promise names a test", async () => {
  const page = await readFile(new URL("SECURITY.md", DOCS), "utf8");
  const links = [...page.matchAll(/\]\(([^)#]+)\)/g)].map(([, link = ""]) => link);
  expect(links.filter((link) => !existsSync(new URL(link, DOCS)))).toEqual([]);
  const [, promises = ""] = page.split(/^## What is (?:not )?promised$/m);
  const rows = promises.split("\n").filter((line) => line.startsWith("| ") && !line.startsWith("| promise |"));
  expect(rows.length).toBeGreaterThan(15);
  expect(rows.filter((row) => !/\(\.\.\/test\/\S+\.test\.ts\) \|$/.test(row))).toEqual([]);
});

test("the scripts that the security page names exist", async () => {
  const page = await readFile(new URL("SECURITY.md", DOCS), "utf8");
  const { scripts } = JSON.parse(await readFile(new URL("../package.json", DOCS), "utf8"));
  const named = [...page.matchAll(/npm run (\w+)/g)].map(([, name = ""]) => name);
  expect(named).toContain("fuzz");
  expect(named.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
});
