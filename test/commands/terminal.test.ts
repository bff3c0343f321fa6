import { mkdir } from "node:fs/promises";
import { expect, test } from "vitest";
import { threeWays } from "./three-ways.ts";

threeWays("terminal.open", ({ sandbox, output, failure }) => {
  test("runs a program in a terminal with the given size and directory", async () => {
    await mkdir(sandbox.path("folder"));
    const script = "stty size; pwd; echo $TERM";
    const params = { command: "sh", args: ["-c", script], cols: 99, rows: 17, cwd: "folder", name: "vt100" };
    expect(String(await output("terminal.open", params))).toBe(`17 99\r\n${sandbox.path("folder")}\r\nvt100\r\n`);
  });

  test("sends its input to the program, and ^D at the end of the input", async () => {
    const params = { command: "sh", args: ["-c", "stty -echo; echo; cat | tr a-z A-Z"] };
    expect(String(await output("terminal.open", params, { input: "one\ntwo" }))).toMatch(/ONE\r\nTWO$/);
  });

  test("fails for a missing program and names it", async () => {
    const error = await failure("terminal.open", { command: "no-such-program" });
    expect(error).toMatchObject({ code: "NOT_FOUND", details: { command: "no-such-program" } });
    expect(error.message).toContain("no-such-program");
  });

  test("fails for a script with a missing interpreter and names the interpreter", async () => {
    const file = await sandbox.write("script", "#!/opt/none/x -a\necho\n", 0o755);
    const error = await failure("terminal.open", { command: "./script" });
    expect(error).toMatchObject({
      code: "NOT_FOUND",
      message: `terminal.open: the interpreter /opt/none/x of ${file} does not exist`,
    });
  });

  test("fails in a missing directory", async () => {
    const error = await failure("terminal.open", { command: "sh", cwd: "nowhere" });
    expect(error).toMatchObject({ code: "NOT_FOUND", details: { path: sandbox.path("nowhere") } });
  });

  test("is disabled under --confine, because a program can access any path", async () => {
    const error = await failure("terminal.open", { command: "sh", args: ["-c", "touch made"] }, { confined: true });
    expect(error.code).toBe("DENIED");
    await expect(sandbox.read("made")).rejects.toThrow("ENOENT");
  });
});
