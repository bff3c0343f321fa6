import { describe, expect, test } from "vitest";
import { humanText } from "../../../cmd/xsys/print/human.ts";
import { contractsByName } from "../../../protocol/commands/index.ts";
import { type Contract, command } from "../../../protocol/contract/command.ts";
import * as schema from "../../../protocol/contract/schema.ts";

const time = new Date(2026, 10, 20, 6, 15, 33).getTime() / 1000;

describe("a scalar", () => {
  test.each([
    [schema.string(), "a/b", "a/b\n"],
    [schema.string(), "line\n", "line\n"],
    [schema.string(), "", "\n"],
    [schema.string(), "\x1b[1mbold\x1b[0m", "\x1b[1mbold\x1b[0m\n"],
    [schema.boolean(), true, "true\n"],
    [schema.boolean(), false, "false\n"],
    [schema.nothing(), null, ""],
    [schema.integer({ unit: "bytes" }), 1536, "1.50 KB\n"],
    [schema.anyOf([schema.integer(), schema.number({ unit: "percent" })]), 12.34, "12.3%\n"],
  ])("with schema %j and value %j prints %j", (result, value, text) => {
    expect(print(result, value)).toBe(text);
  });
});

describe("a list", () => {
  test("of strings prints one line per string", () => {
    expect(print(schema.array(schema.string()), ["a", "b c"])).toBe("a\nb c\n");
  });
  test("that is empty prints nothing", () => {
    expect(print(schema.array(schema.string()), [])).toBe("");
    expect(print(schema.array(schema.object({ a: schema.integer() })), [])).toBe("");
  });
  test("escapes control characters except tabs", () => {
    const names = ["\x1b[2J", "a\nb", "c\td", "\u009b2J", "evil\u202etxt.exe", "\x7f"];
    expect(print(schema.array(schema.string()), names)).toBe(
      "\\x1b[2J\na\\nb\nc\td\n\\x9b2J\nevil\\u202etxt.exe\n\\x7f\n",
    );
  });
  test("of names with stats looks like ls -l", () => {
    const stats = { created: time, accessed: time, modified: time, readonly: false, is_symlink: false, is_dir: false };
    const entries = [
      ["notes\n.txt", { ...stats, is_file: true, size: 1536, permissions: 0o644 }],
      ["src", { ...stats, is_file: false, is_dir: true, size: 96, permissions: 0o755 }],
      ["link", { ...stats, is_file: false, is_symlink: true, size: 3, permissions: 0o777 }],
    ];
    expect(printReal("fs.ls", entries, 20)).toBe(
      [
        "-rw-r--r--  1.50 KB  2026-11-20 06:15:33  notes\\n.txt",
        "drwxr-xr-x     96 B  2026-11-20 06:15:33  src",
        "lrwxrwxrwx      3 B  2026-11-20 06:15:33  link",
        "",
      ].join("\n"),
    );
  });
});

describe("a table", () => {
  const row = schema.object({
    name: schema.string(),
    size: schema.integer({ unit: "bytes" }),
    tags: schema.array(schema.string()),
    note: schema.optional(schema.string()),
  });
  const rows = [
    { name: "日本", size: 1536, tags: ["x", "y"], note: "first\nsecond" },
    { name: "plain.txt", size: 7, tags: [] },
  ];

  test("has a header, right-aligned numbers and no trailing spaces", () => {
    expect(print(schema.array(row), rows)).toBe(
      ["name          size  tags  note", "日本       1.50 KB  x y   first\\nsecond", "plain.txt      7 B", ""].join(
        "\n",
      ),
    );
  });
  test("shows the contract's columns in the given order", () => {
    expect(print(schema.array(row), rows, { columns: ["size", "name"] })).toBe(
      ["   size  name", "1.50 KB  日本", "    7 B  plain.txt", ""].join("\n"),
    );
  });
  test("shortens the widest text to fit, and never a number", () => {
    expect(print(schema.array(row), rows, {}, { columns: 27 })).toBe(
      ["name      size  tags  note", "日本   1.50 KB  x y   firs…", "plai…      7 B", ""].join("\n"),
    );
  });
  test("exceeds the terminal's width when nothing is left to cut", () => {
    const [header] = print(schema.array(row), rows, {}, { columns: 5 }).split("\n");
    expect(header).toBe("name     size  tags  note");
  });
  test("has a bold header with colour enabled", () => {
    const text = print(schema.array(schema.object({ a: schema.integer() })), [{ a: 1 }], {}, { color: true });
    expect(text).toBe("\x1b[1ma\x1b[22m\n1\n");
  });
  test("is printed for a record of objects, with the key first", () => {
    const calls = schema.record(
      schema.object({ calls: schema.integer(), p50: schema.number({ unit: "milliseconds" }) }),
    );
    expect(print(calls, { "fs.ls": { calls: 12, p50: 1.25 }, "fs.hash": { calls: 3, p50: 40 } })).toBe(
      ["name     calls       p50", "fs.ls       12   1.25 ms", "fs.hash      3  40.00 ms", ""].join("\n"),
    );
  });
});

describe("an object", () => {
  test("is printed as aligned lines, with nested values indented below", () => {
    const result = schema.object({
      host: schema.string(),
      uptime: schema.integer({ unit: "seconds" }),
      gone: schema.optional(schema.string()),
      load: schema.object({ one: schema.number(), fifteen: schema.number() }),
      folders: schema.array(schema.string()),
      disks: schema.array(schema.object({ at: schema.string(), size: schema.integer({ unit: "bytes" }) })),
    });
    const value = {
      host: "box\x07",
      uptime: 273_906,
      load: { one: 0.5, fifteen: 1.234 },
      folders: ["/bin", "/usr/bin"],
      disks: [{ at: "/", size: 2048 }],
    };
    expect(print(result, value)).toBe(
      [
        "host    box\\x07",
        "uptime  3d 04:05:06",
        "load",
        "  one      0.5",
        "  fifteen  1.23",
        "folders",
        "  /bin",
        "  /usr/bin",
        "disks",
        "  at     size",
        "  /   2.00 KB",
        "",
      ].join("\n"),
    );
  });
  test("that is a record of strings prints one line per entry", () => {
    expect(printReal("sys.env", { PATH: "/bin:/usr/bin", PS1: "\x1b[31m$" })).toBe(
      "PATH  /bin:/usr/bin\nPS1   \\x1b[31m$\n",
    );
  });
  test("is printed by the alternative of the schema that it matches", () => {
    const lo = {
      name: "lo",
      received: 1024,
      transmitted: 1024,
      packets_received: 1,
      packets_transmitted: 1,
      errors_received: 0,
      errors_transmitted: 0,
      mac_address: "00:00:00:00:00:00",
      ip_addresses: ["127.0.0.1", "::1"],
    };
    expect(printReal("sys.network", lo)).toContain("received             1.00 KB\n");
    const all = { total_received: 0, total_transmitted: 0, download_speed: 2048, upload_speed: 0, interfaces: [lo] };
    expect(printReal("sys.network", all)).toContain("download_speed     2.00 KB/s\n");
  });
  test("of any JSON prints its fields in their own order", () => {
    expect(print(schema.json(), { b: [1, 2], a: { c: "x" } })).toBe("b\n  1\n  2\na\n  c  x\n");
  });
});

function print(
  result: schema.Schema,
  value: unknown,
  description: { columns?: string[] } = {},
  style: { color?: boolean; columns?: number } = {},
): string {
  const contract: Contract = command("made.up", {
    summary: "Made up.",
    params: {},
    result,
    examples: [],
    changes: false,
    since: "0",
    ...description,
  });
  return humanText(contract, value, { color: false, columns: 0, ...style });
}

function printReal(name: string, value: unknown, columns = 0): string {
  const contract = contractsByName.get(name);
  if (contract === undefined) throw new Error(`no command ${name}`);
  return humanText(contract, value, { color: false, columns });
}
