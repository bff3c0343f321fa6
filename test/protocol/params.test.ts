import { describe, expect, test } from "vitest";
import { start } from "../../protocol/commands/app.ts";
import { optionKinds, paramsFromWords } from "../../protocol/contract/params.ts";
import { splitWords } from "../../protocol/contract/words.ts";

describe("an option that may stand alone or have a value", () => {
  test.each([
    [["--watch", "server.js"], true],
    [["server.js", "--watch"], true],
    [
      ["--watch=src,lib/a", "server.js"],
      ["src", "lib/a"],
    ],
    [["--watch=src", "server.js"], ["src"]],
    [["--watch=false", "server.js"], false],
    [["server.js", "--watch", "true"], true],
  ])("%j", (words, watch) => {
    const params = paramsFromWords(start, splitWords(words, optionKinds(start)));
    expect(params).toEqual({ entry: "server.js", watch });
  });
});
