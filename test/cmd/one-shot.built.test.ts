import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ended, startXsys, xsys } from "../support/command-line.ts";
import { PROGRAM_LINE } from "../support/program.ts";
import { useSandbox } from "../support/sandbox.ts";
import { startTestService } from "../support/service.ts";

const sandbox = useSandbox();

describe("a one-shot command", () => {
  test("ends while its standard input is still open", async () => {
    expect(await xsys(["path", "join", "a", "b"])).toMatchObject({ status: 0, stdout: "a/b\n", stderr: "" });
  });

  test.each([
    [["--root", "/srv", "--signature", "f".repeat(128), "--verbose", "--quiet", "--json", "path", "resolve", "a"]],
    [["path", "--json", "--root", "/srv", "resolve", "a"]],
    [["path", "resolve", "a", "--root=/srv", "--json"]],
  ])("accepts global options at any position: %j", async (words) => {
    expect(await xsys(words)).toMatchObject({ status: 0, stdout: '{"status":"ok","data":"/srv/a"}\n' });
  });

  test("treats values that begin with a dash as data", async () => {
    await sandbox.write("a.txt", "run --fast --fast");
    const words = ["--json", "--root", sandbox.root, "fs", "patch", "a.txt", "--fast", "--slow"];
    expect(JSON.parse((await xsys(words)).stdout)).toEqual({ status: "ok", data: { changed: true, replacements: 2 } });
    expect(await sandbox.read("a.txt")).toBe("run --slow --slow");
  });

  test("treats values that look like global options as data in calls from XyPriss's client", async () => {
    await sandbox.write("--help", "run --json");
    const words = [
      "--json",
      "--root",
      sandbox.root,
      "--signature",
      "ab12",
      "fs",
      "patch",
      "--help",
      "--json",
      "--quiet",
    ];
    expect(JSON.parse((await xsys(words)).stdout)).toEqual({ status: "ok", data: { changed: true, replacements: 1 } });
    expect(await sandbox.read("--help")).toBe("run --quiet");
  });

  test("accepts any text as an option's value", async () => {
    await sandbox.write("a.txt", "x");
    const words = ["--root", sandbox.root, "fs", "encrypt", "a.txt", "--key", "--json"];
    expect(await xsys(words)).toMatchObject({ status: 0, stdout: "" });
  });

  test("treats null and empty values, which XyPriss's client writes, as options that were not given", async () => {
    await sandbox.write("a.txt", "1\n2\n3\n");
    const words = ["--json", "--root", sandbox.root, "fs", "tail", "a.txt", "--lines", "null"];
    expect(JSON.parse((await xsys(words)).stdout).data).toEqual(["1", "2", "3"]);
    const empty = ["--json", "--root", sandbox.root, "fs", "hash", "a.txt", "--algorithm", ""];
    expect(JSON.parse((await xsys(empty)).stdout).data.hash).toHaveLength(64);
    const flags = ["--json", "--root", sandbox.root, "fs", "ls", "--recursive", "null", "--stats", ""];
    expect(JSON.parse((await xsys(flags)).stdout).data).toEqual(["a.txt"]);
  });

  test("prints JSON in ASCII for any text", async () => {
    await sandbox.write("a.txt", "naïve 🚀 日本");
    const { stdout } = await xsys(["--json", "--root", sandbox.root, "fs", "read", "a.txt"]);
    expect(stdout).toMatch(/^[\x20-\x7e]*\n$/);
    expect(JSON.parse(stdout).data).toBe("naïve 🚀 日本");
  });

  test("prints megabytes of output completely", async () => {
    const contents = "0123456789é".repeat(400_000);
    await sandbox.write("a.txt", contents);
    const { stdout } = await xsys(["--json", "--root", sandbox.root, "fs", "read", "a.txt"]);
    expect(JSON.parse(stdout).data === contents).toBe(true);
  });

  test("prints only the result without --json", async () => {
    await sandbox.write("b", "");
    await sandbox.write("a", "");
    expect((await xsys(["fs", "ls"], { cwd: sandbox.root })).stdout).toBe("a\nb\n");
  });
});

describe("an error", () => {
  test("is one line on standard error, and the exit status gives its kind", async () => {
    const { status, stdout, stderr } = await xsys(["fs", "hash", sandbox.path("gone")]);
    expect([status, stdout]).toEqual([66, ""]);
    expect(stderr).toBe(`xsys: fs.hash failed on ${sandbox.path("gone")}: no such file or directory\n`);
  });

  test("is JSON on standard output with --json, where XyPriss's client reads it", async () => {
    const { status, stdout, stderr } = await xsys(["--json", "fs", "hash", sandbox.path("gone")]);
    expect([status, stderr]).toEqual([66, ""]);
    expect(JSON.parse(stdout)).toMatchObject({
      status: "error",
      code: "NOT_FOUND",
      message: `fs.hash failed on ${sandbox.path("gone")}: no such file or directory`,
    });
  });

  test.each([
    [["fs", "hsh", "a"], 'xsys: fs has no action "hsh", did you mean "hash"?\n'],
    [["fz", "hash"], 'xsys: there is no command "fz", did you mean "fs"?\n'],
    [["fs"], "xsys: fs needs an action; see: xsys fs --help\n"],
    [["fs", "tail", "a", "--line", "3"], "xsys: fs.tail: unknown option --line, did you mean --lines?\n"],
    [["fs", "tail", "a", "b"], 'xsys: fs.tail: unexpected argument "b"\n'],
    [["fs", "tail", "a", "--lines", "many"], 'xsys: fs.tail: parameter "lines" must be integer\n'],
    [["fs", "tail", "a", "--lines"], "xsys: --lines needs a value\n"],
    [["fs", "hash"], 'xsys: fs.hash: parameter "path" is missing\n'],
    [["--root"], "xsys: --root needs a value\n"],
    [["--json=maybe", "fs", "ls"], "xsys: --json is a flag: it may be =true or =false, not =maybe\n"],
  ])("explains invalid arguments: %j", async (words, stderr) => {
    expect(await xsys(words)).toMatchObject({ status: 64, stdout: "", stderr });
  });

  test("escapes control characters, so that a file name cannot control the terminal", async () => {
    const { stderr } = await xsys(["fs", "hash", "/\x1b[2Jgone"]);
    expect(stderr).not.toContain("\x1b");
  });

  test("has more detail with --verbose", async () => {
    const { stderr } = await xsys(["--verbose", "fs", "hash", "/gone"]);
    expect(stderr).toContain("ENOENT");
  });
});

describe("standard input", () => {
  const large = Buffer.alloc(3 * 1024 * 1024, "x");

  test.each([
    ["write onto a folder", ["fs", "write", "."], 73],
    ["write-secure with a bad mode", ["fs", "write-secure", "a.txt", "--mode", "rwx"], 64],
    ["atomic-write with an unknown option", ["fs", "atomic-write", "a.txt", "--nonsense"], 64],
    ["cat-write onto a folder", ["fs", "cat-write", "."], 73],
  ])("is read to the end even if the command fails: %s", async (_title, words, expected) => {
    const child = startXsys(words, { cwd: sandbox.root });
    const errors: Error[] = [];
    child.stdin?.on("error", (error) => errors.push(error)); // EPIPE would crash XyPriss's application
    child.stdin?.end(large);
    const { status } = await ended(child);
    expect(status).toBe(expected);
    expect(errors).toEqual([]);
  });

  test("may be binary or empty", async () => {
    const bytes = Buffer.from([0, 255, 10, 13, 128]);
    await xsys(["fs", "write", "a.bin"], { cwd: sandbox.root, input: bytes });
    expect((await xsys(["fs", "read", "--bytes", "a.bin"], { cwd: sandbox.root })).stdout).toBe("00ff0a0d80\n");
    await xsys(["fs", "write", "a.bin"], { cwd: sandbox.root, input: "" });
    expect(await sandbox.read("a.bin")).toBe("");
  });

  test("is not read when the contents are given as an option", async () => {
    expect(await xsys(["fs", "write", "a.txt", "--data", "given"], { cwd: sandbox.root })).toMatchObject({ status: 0 });
    expect(await sandbox.read("a.txt")).toBe("given");
  });

  test("that is interrupted leaves only the old file", async () => {
    await sandbox.write("a.txt", "old");
    const child = startXsys(["fs", "write", "a.txt"], { cwd: sandbox.root });
    child.stdin?.write("half");
    // Wait until the write has begun: its temporary file is then beside the old file.
    await expect.poll(async () => (await xsys(["fs", "ls"], { cwd: sandbox.root })).stdout.split("\n").length).toBe(3);
    child.kill("SIGTERM");
    expect((await ended(child)).status).toBe(75);
    expect(await sandbox.read("a.txt")).toBe("old");
    expect((await xsys(["fs", "ls"], { cwd: sandbox.root })).stdout).toBe("a.txt\n");
  });
});

describe("standard output", () => {
  test("carries a stream's bytes unchanged", async () => {
    const bytes = Buffer.from(Array.from({ length: 100_000 }, (_, i) => (i * 7) % 256));
    await sandbox.write("a.bin", bytes);
    const child = startXsys(["fs", "cat", "a.bin", "--offset", "1", "--limit", "99998"], { cwd: sandbox.root });
    const chunks: Buffer[] = [];
    child.stdout?.on("data", (chunk: Buffer) => chunks.push(chunk));
    await once(child, "close");
    expect(Buffer.concat(chunks).equals(bytes.subarray(1, 99_999))).toBe(true);
  });

  test
    .skipIf(!existsSync("/dev/full"))
    .each([[["path", "join", "a"]], [["fs", "cat", "/etc/passwd"]], [["--json", "fs", "stats", "gone"]]])(
    "that cannot be written is reported in one line: %j",
    async (words) => {
      const full = openSync("/dev/full", "w");
      const child = startXsys(words, { stdio: ["ignore", full, "pipe"] });
      closeSync(full);
      const stderr = "xsys: standard output cannot be written: no space left on device\n";
      expect(await ended(child)).toMatchObject({ status: 74, stderr });
    },
  );

  test.skipIf(!existsSync("/dev/full"))(
    "that cannot be written is reported by the exit status alone if standard error cannot be written either",
    async () => {
      const full = openSync("/dev/full", "w");
      const child = startXsys(["fs", "stats", "gone"], { stdio: ["ignore", full, full] });
      closeSync(full);
      expect(await ended(child)).toMatchObject({ status: 66 });
    },
  );

  test("of a missing file is empty", async () => {
    expect(await xsys(["fs", "cat", "gone"], { cwd: sandbox.root })).toMatchObject({ status: 66, stdout: "" });
  });

  test("that its reader closes ends the command silently", async () => {
    await sandbox.write("a.bin", Buffer.alloc(10_000_000));
    const line = `${PROGRAM_LINE} fs cat a.bin | head -c 5`;
    const child = spawn("sh", ["-c", line], { cwd: sandbox.root });
    const { stdout, stderr } = await ended(child);
    expect([stdout, stderr]).toEqual(["\0".repeat(5), ""]);
  });
});

describe("a command through a service", () => {
  test("resolves relative paths against the caller's working directory", async () => {
    const service = await startTestService();
    await sandbox.write("here/a.txt", "abc");
    const options = { cwd: sandbox.path("here") };
    const connect = ["--connect", service.socket];
    expect((await xsys([...connect, "fs", "read", "a.txt"], options)).stdout).toBe("abc\n");
    expect((await xsys([...connect, "fs", "ls"], options)).stdout).toBe("a.txt\n");
    expect((await xsys([...connect, "fs", "write", "b.bin"], { ...options, input: "bytes" })).status).toBe(0);
    expect((await xsys([...connect, "fs", "cat", "b.bin"], options)).stdout).toBe("bytes");
    expect((await xsys([...connect, "fs", "hash", "gone"], options)).status).toBe(66);
    service.stop(true);
    await service.ended;
  });
});
