import { expect, test } from "vitest";
import { parseEnvironment, readEnvironmentFile } from "../../internal/processes/environment-file.ts";
import { useSandbox } from "../support/sandbox.ts";

const sandbox = useSandbox();

const parse = (text: string | Uint8Array) => parseEnvironment(Buffer.from(text), "/x.env");

test("variables are read as by node --env-file", () => {
  const text = `# a comment
A=1
export B = two words # not part of it
C="a # b"
 D='line 1
line 2'
E=
F=it's

G=\`"\`
__proto__=x
`;
  expect(Object.entries(parse(text))).toEqual([
    ["A", "1"],
    ["B", "two words"],
    ["C", "a # b"],
    ["D", "line 1\nline 2"],
    ["E", ""],
    ["F", "it's"],
    ["G", '"'],
    ["__proto__", "x"],
  ]);
});

test("a byte order mark and Windows line ends are accepted", () => {
  expect(parse("\uFEFFA=1\r\nB=2\r\n")).toEqual({ A: "1", B: "2" });
});

test.each([
  ["A=1\nwhat is this\n", 2],
  ['A=1\n\nB="never closed\nC=2\n', 3],
  ["=1", 1],
  ["1A=1", 1],
  ["{", 1],
])("%j has a malformed line", (text, line) => {
  expect(() => parse(text)).toThrow(`line ${line} of the environment file /x.env is not NAME=value`);
});

test.each([[Buffer.from([0x41, 0x3d, 0xff])], [Buffer.from("A=\0")]])("%j is not text", (bytes) => {
  expect(() => parse(bytes)).toThrow("is not UTF-8 text");
});

test("a file with a million lines is parsed without repeated reading", () => {
  const begun = performance.now();
  expect(() => parse(`${"A='\n".repeat(200_000)}'`)).toThrow("line");
  expect(performance.now() - begun).toBeLessThan(5_000);
});

test("a missing file, a directory and a large file have an error of their own", async () => {
  await expect(readEnvironmentFile(sandbox.path("gone"))).rejects.toMatchObject({ code: "NOT_FOUND" });
  await expect(readEnvironmentFile(sandbox.root)).rejects.toMatchObject({ code: "IS_A_DIRECTORY" });
  const large = await sandbox.write("large", "A".repeat(1024 ** 2 + 1));
  await expect(readEnvironmentFile(large)).rejects.toMatchObject({ code: "TOO_LARGE" });
  await expect(readEnvironmentFile("/dev/null")).rejects.toThrow("is not a regular file");
});
