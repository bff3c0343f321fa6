import { mkdir } from "node:fs/promises";
import { expect, test } from "vitest";
import { threeWays } from "./three-ways.ts";

threeWays("terminal.open", ({ sandbox, output, failure }) => {
  test("runs a program in a terminal of the size asked for, in the folder asked for", async () => {
    await mkdir(sandbox.path("folder"));
    const script = "stty size; pwd; echo $TERM";
    const params = { command: "sh", args: ["-c", script], cols: 99, rows: 17, cwd: "folder", name: "vt100" };
    expect(String(await output("terminal.open", params))).toBe(`17 99\r\n${sandbox.path("folder")}\r\nvt100\r\n`);
  });

  test("types its input, and ^D at its end", async () => {
    const params = { command: "sh", args: ["-c", "stty -echo; echo; cat | tr a-z A-Z"] };
    expect(String(await output("terminal.open", params, { input: "one\ntwo" }))).toMatch(/ONE\r\nTWO$/);
  });

  test("fails for a program that is not there, by its name", async () => {
    const error = await failure("terminal.open", { command: "no-such-program" });
    expect(error).toMatchObject({ code: "NOT_FOUND", details: { command: "no-such-program" } });
    expect(error.message).toContain("no-such-program");
  });

  test("fails for a script whose interpreter is not there, by the interpreter's name", async () => {
    const file = await sandbox.write("script", "#!/opt/none/x -a\necho\n", 0o755);
    const error = await failure("terminal.open", { command: "./script" });
    expect(error).toMatchObject({
      code: "NOT_FOUND",
      message: `terminal.open: the interpreter /opt/none/x of ${file} does not exist`,
    });
  });

  test("fails in a folder that is not there", async () => {
    const error = await failure("terminal.open", { command: "sh", cwd: "nowhere" });
    expect(error).toMatchObject({ code: "NOT_FOUND", details: { path: sandbox.path("nowhere") } });
  });

  test("is off under --confine, for a program goes where it likes", async () => {
    const error = await failure("terminal.open", { command: "sh", args: ["-c", "touch made"] }, { confined: true });
    expect(error.code).toBe("DENIED");
    await expect(sandbox.read("made")).rejects.toThrow("ENOENT");
  });
});
