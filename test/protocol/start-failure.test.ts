import { chmodSync, readFileSync } from "node:fs";
import { beforeEach, describe, expect, test } from "vitest";
import { explainStart, interpreterFault } from "../../protocol/start-failure.ts";
import { useSandbox } from "../support/sandbox.ts";

const sandbox = useSandbox();
let cwd: string;
beforeEach(() => {
  cwd = sandbox.root;
});

describe("the interpreter of a file", () => {
  test.each([
    ["#!/opt/none/x", "the interpreter /opt/none/x of FILE does not exist"],
    ["#! \t/opt/none/x -a b\necho", "the interpreter /opt/none/x of FILE does not exist"],
    ["#!none/x\n", "the interpreter none/x of FILE does not exist"],
    ["#!/bin/sh\r\n", 'the interpreter "/bin/sh\\r" (the file has Windows line endings) of FILE does not exist'],
    ["#!/bin\n", "the interpreter /bin of FILE does not exist"],
    ["#!/bin/sh\necho", undefined],
    ["#!/usr/bin/env node\n", undefined],
    ["#!\n", undefined],
    ["echo no line of its own\n", undefined],
    ["", undefined],
  ])("of %j", async (text, fault) => {
    const file = await sandbox.write("script", text, 0o755);
    expect(interpreterFault(file, cwd)).toBe(fault?.replace("FILE", file));
  });

  test("that is a script with a missing interpreter, and of a script that is its own interpreter", async () => {
    const inner = await sandbox.write("inner", "#!/opt/none/x\n", 0o755);
    const outer = await sandbox.write("outer", `#!${inner}\n`, 0o755);
    expect(interpreterFault(outer, cwd)).toBe(`the interpreter /opt/none/x of ${inner} does not exist`);
    const circle = await sandbox.write("circle", `#!${sandbox.path("circle")}\n`, 0o755);
    expect(interpreterFault(circle, cwd)).toBeUndefined();
  });

  test("that is not executable", async () => {
    const text = await sandbox.write("text", "", 0o644);
    const file = await sandbox.write("script", "#!./text\n", 0o755);
    expect(interpreterFault(file, cwd)).toBe(`the interpreter ./text of ${file} is not executable`);
    chmodSync(text, 0o755);
    expect(interpreterFault(file, cwd)).toBeUndefined();
  });

  test.skipIf(process.platform !== "linux")(
    "that an ELF file names and that is missing, as for a program built for musl",
    async () => {
      const program = readFileSync("/bin/sh");
      const at = program.indexOf("/lib");
      program.write("/non", at);
      const file = await sandbox.write("program", program, 0o755);
      expect(interpreterFault("/bin/sh", cwd)).toBeUndefined();
      expect(interpreterFault(file, cwd)).toMatch(/^the interpreter \/non\S*\/ld-\S+ of \S+ does not exist$/);
      for (const length of [5, 63, 64, 100, 400]) {
        const cut = await sandbox.write(`cut-${length}`, program.subarray(0, length), 0o755);
        expect(interpreterFault(cut, cwd)).toBeUndefined();
      }
      program.fill(0xff, 0x20, 0x40);
      expect(interpreterFault(await sandbox.write("damaged", program, 0o755), cwd)).toBeUndefined();
    },
  );
});

describe("the reason why a program could not be started", () => {
  const explain = (program: string, code = "ENOENT", more: object = {}) =>
    explainStart(Object.assign(new Error(`spawn ${program} ${code}`), { code }), { program, cwd, ...more });

  test("is a missing interpreter, of a program given by path or found in PATH", async () => {
    const file = await sandbox.write("bin/script", "#!/opt/none/x\n", 0o755);
    const message = `the interpreter /opt/none/x of ${file} does not exist (ENOENT)`;
    expect(explain("./bin/script")).toMatchObject({ message, code: "ENOENT", cause: { message: expect.any(String) } });
    expect(explain("script", "ENOENT", { env: { PATH: sandbox.path("bin") } })).toMatchObject({ message });
  });

  test("is a missing program or a missing working directory", () => {
    expect(explain("./none").message).toBe("./none does not exist (ENOENT)");
    expect(explain("none", "ENOENT", { env: { PATH: "/bin" } }).message).toBe(
      "the program none is not in PATH (ENOENT)",
    );
    expect(explain("sh", "ENOENT", { cwd: "/opt/none" }).message).toBe(
      "the working directory /opt/none of sh does not exist (ENOENT)",
    );
  });

  test("is a missing permission", async () => {
    const file = await sandbox.write("script", "#!/bin/sh\n", 0o755);
    chmodSync(file, 0o644);
    expect(explain("./script", "EACCES").message).toBe(`${file} is not executable (EACCES)`);
  });

  test("is not changed for other errors", () => {
    expect(explain("sh", "EAGAIN").message).toBe("spawn sh EAGAIN");
    expect(explain("/bin/sh").message).toBe("spawn /bin/sh ENOENT");
  });
});
