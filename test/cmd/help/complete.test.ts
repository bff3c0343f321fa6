import { expect, test } from "vitest";
import { complete } from "../../../cmd/xsys/help/complete.ts";
import { contracts } from "../../../protocol/commands/index.ts";

test.each([
  ["p", ["path", "ping"]],
  ["sta", ["status"]],
  ["fs har", ["hardware-encrypt", "hardware-decrypt"]],
  ["fs hash --alg", ["--algorithm"]],
  ["fs hash --algorithm sha5", ["sha512"]],
  ["fs hash notes.txt --algorithm m", ["md5"]],
  ["--root /srv --json fs stat", ["stats"]],
  ["--connect fs stat", ["stats"]],
  ["--connect /run/x.sock fs stat", ["stats"]],
  ["--signature", []],
  ["stop --f", ["--force"]],
  ["sys kill --sig", ["--signal"]],
  ["completion ", ["bash", "zsh", "fish"]],
  ["completion bash ", []],
  ["serve --max-f", ["--max-frame"]],
  ["serve --socket x --log", ["--log-level"]],
  ["daem", ["daemon"]],
  ["daemon --config", ["--config"]],
  ["app unst", ["unstartup"]],
  ["serv", ["serve", "server", "service", "service-unit"]],
  ["server ", ["start"]],
  ["server start --proxy-s", ["--proxy-strategy"]],
  ["server start --log-format j", ["json"]],
  ["server start --cluster --entry", ["--entry-point"]],
  ["server start --entry-point ", []],
  ["fs hash ", []],
  ["fs hash -- --alg", []],
  ["fs hash --algorithm", ["--algorithm"]],
  ["fs write --data --ap", []],
  ["--root ", []],
  ["nothing ", []],
  ["constructor ", []],
])("%j completes to %j", (line, expected) => {
  expect(complete(line.split(" ")).toSorted()).toEqual(expected.toSorted());
});

test("an option given once is not offered again", () => {
  expect(complete(["fs", "ls", "--stats", "--json", "--"])).toEqual(expect.not.arrayContaining(["--stats", "--json"]));
  expect(complete(["fs", "ls", "--stats", "--"])).toContain("--recursive");
});

test("an empty line completes to all modules and top-level commands", () => {
  expect(complete([])).toEqual(complete([""]));
  expect(complete([])).toContain("fs");
});

test("every command and each of its options is offered", () => {
  for (const { module, action, params } of contracts) {
    expect(complete([module, ""])).toContain(action);
    const offered = complete([module, action, "--"]);
    expect(offered.length).toBeGreaterThanOrEqual(Object.keys(params.properties ?? {}).length);
  }
});
