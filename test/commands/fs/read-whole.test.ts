import { expect, test } from "vitest";
import readWhole from "../../../internal/commands/fs/tasks/read-whole.ts";
import { useSandbox } from "../../support/sandbox.ts";

const sandbox = useSandbox();
const command = "fs.read";
const tooLarge = expect.objectContaining({ code: "TOO_LARGE", message: expect.stringContaining("fs.cat") });

test("content of exactly the limit is read, one byte more is TOO_LARGE, and each byte counts twice in hex", async () => {
  const path = await sandbox.write("a", "12345678");
  expect(readWhole({ command, path, encoding: "utf8", maxResult: 8 })).toBe("12345678");
  expect(() => readWhole({ command, path, encoding: "utf8", maxResult: 7 })).toThrow(tooLarge);
  expect(readWhole({ command, path, encoding: "hex", maxResult: 16 })).toBe("3132333435363738");
  expect(() => readWhole({ command, path, encoding: "hex", maxResult: 15 })).toThrow(tooLarge);
});
test.skipIf(process.platform !== "linux")("a file with a reported size of 0 is read up to the limit", () => {
  expect(() => readWhole({ command, path: "/dev/zero", encoding: "utf8", maxResult: 100_000 })).toThrow(tooLarge);
  expect(readWhole({ command, path: "/proc/self/smaps", encoding: "utf8", maxResult: 1e8 }).length).toBeGreaterThan(
    10_000,
  );
});
test.each([1, 2, 3, 5, 4_096, 1e9])("chunks of %d bytes never split a character", async (chunkSize) => {
  const text = `\uFEFF${"aü日🎉".repeat(1_000)}`;
  const path = await sandbox.write("a", text);
  expect(readWhole({ command, path, encoding: "utf8", chunkSize, maxResult: 1e6 })).toBe(text);
});
