import { rename, rm } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { type ContentChange, contentChanges } from "../../../internal/commands/watch/shared/content-changes.ts";
import { KeptTexts } from "../../../internal/commands/watch/shared/kept-texts.ts";
import diffTexts from "../../../internal/commands/watch/tasks/diff-texts.ts";
import { oneShotHost } from "../../../internal/host/one-shot-host.ts";
import { useSandbox } from "../../support/sandbox.ts";

const sandbox = useSandbox();

test.each([
  ["a\nb\nc\n", "a\nB\nc\nd\n", ["-2 b", "+2 B", "+4 d"]],
  ["", "a\nb", ["+1 a", "+2 b"]],
  ["a\nb\n", "", ["-1 a", "-2 b"]],
  ["a\r\nb\r\n", "a\nb\n", []],
  ["a\nb\nc\n", "c\n", ["-1 a", "-2 b"]],
])("the differences from %j to %j are found", (before, after, expected) => {
  const lines = diffTexts({ before, after, maxLines: 100 });
  expect(lines?.map(({ type, line, text }) => `${type === "added" ? "+" : "-"}${line} ${text}`)).toEqual(expected);
});

test("more changed lines than maxLines are not reported", () => {
  expect(diffTexts({ before: "", after: "a\n".repeat(11), maxLines: 10 })).toBeUndefined();
});

describe("the stored text", () => {
  const texts = () => new KeptTexts(oneShotHost({ root: sandbox.root }).tasks);

  test("of a file above the size limit is not kept, and the change says so", async () => {
    const file = await sandbox.write("large", "x".repeat(1024 * 1024 + 1));
    expect(await texts().difference(file, false)).toEqual({ omitted: "too-large" });
  });

  test("of a binary file is not kept", async () => {
    const file = await sandbox.write("picture", "\x89PNG\0");
    expect(await texts().difference(file, true)).toEqual({ omitted: "binary" });
  });

  test("is kept for at most 64 MiB of files in total", async () => {
    const kept = texts();
    const text = "x".repeat(1024 * 1024);
    const outcomes: object[] = [];
    for (let number = 0; number < 65; number++) outcomes.push(await kept.keep(await sandbox.write(`f${number}`, text)));
    expect(outcomes.slice(0, 64).every((outcome) => "text" in outcome)).toBe(true);
    expect(outcomes[64]).toEqual({ omitted: "no-memory" });
    kept.forget(sandbox.path("f0"));
    expect(await kept.keep(sandbox.path("f64"))).toEqual({ text });
  });

  test("moves with a renamed directory", async () => {
    const kept = texts();
    await kept.keep(await sandbox.write("d/a", "one\n"));
    await rename(sandbox.path("d"), sandbox.path("e"));
    kept.move(sandbox.path("d"), sandbox.path("e"));
    await sandbox.write("e/a", "one\ntwo\n");
    expect(await kept.difference(sandbox.path("e/a"), false)).toEqual({
      lines: [{ type: "added", line: 2, text: "two" }],
    });
  });
});

test("changes of content are reported with their lines", async () => {
  const host = oneShotHost({ root: sandbox.root });
  await sandbox.write("a", "one\ntwo\n");
  const options = {
    paths: [sandbox.root],
    ignore: [],
    shallow: false,
    debounce: 0,
    signal: new AbortController().signal,
  };
  const changes = contentChanges(host, options);
  const next = async () => (await changes.next()).value as ContentChange;
  expect(await next()).toEqual({ type: "ready" });
  await sandbox.write("b", "new\n");
  const lines = [{ type: "added", line: 1, text: "new" }];
  expect(await next()).toEqual({ type: "create", path: sandbox.path("b"), is_dir: false, lines });
  await rm(sandbox.path("a"));
  expect(await next()).toEqual({ type: "delete", path: sandbox.path("a"), is_dir: false });
  await changes.return(undefined);
  await host.tasks.close();
});
