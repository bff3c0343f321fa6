import { spawnSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { surroundings } from "../../internal/front/surroundings.ts";
import { buildFront, hasFront } from "../../scripts/build/front.ts";
import { HOME } from "../../scripts/home.ts";
import { runProgram } from "./support/fronts.ts";
import { ACCEPTS, chunk, HostileService, message } from "./support/hostile-service.ts";

/** Maximum sizes of the programs in bytes. Segments are aligned to pages: 4 KiB on x64, 64 KiB on arm64. */
const MOST = { x64: 32_768, arm64: 98_304 };
/** Maximum number of lines of code, without system.h and text.h, which stand in for a C library. */
const MOST_LINES = 500;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "xsys-front-build-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const SOURCES = globSync("clients/front/*.{c,h}", { cwd: HOME });

test("the front stays small", () => {
  const lines = SOURCES.filter((file) => !/(system|text)\.h$/.test(file)).flatMap((file) =>
    readFileSync(join(HOME, file), "utf8").split("\n"),
  );
  const code = lines.filter((line) => line.trim() !== "" && !/^\s*(\/?\*|\/\/)/.test(line));
  expect(code.length).toBeGreaterThan(300);
  expect(code.length).toBeLessThanOrEqual(MOST_LINES);
});

test("its file names are in its README", () => {
  const readme = readFileSync(join(HOME, "clients/front/README.md"), "utf8");
  expect(SOURCES.length).toBe(5);
  for (const file of SOURCES) expect(readme).toContain(`\`${file.slice("clients/front/".length)}\``);
});

describe.runIf(hasFront())("the program", () => {
  test("is static and small, and two builds have the same bytes", async () => {
    const files = ["one", "two"].map((name) => join(folder, name));
    for (const file of files) expect(buildFront(file, { build: "same" })).toBeUndefined();
    const [one = Buffer.alloc(0), two] = await Promise.all(files.map((file) => readFile(file)));
    expect(one).toEqual(two);
    expect(one.length).toBeLessThanOrEqual(MOST[process.arch as "x64"]);
    expect(one.includes("ld-linux")).toBe(false);
    expect(one.includes(HOME)).toBe(false);
  });

  test("is written into a new file: another name of the old one keeps its program", async () => {
    const file = join(folder, "replaced");
    buildFront(file, { build: "first" });
    await cp(file, join(folder, "kept"));
    spawnSync("ln", [file, join(folder, "linked")]);
    buildFront(file, { build: "second" });
    expect(await readFile(join(folder, "linked"))).toEqual(await readFile(join(folder, "kept")));
  });

  test("is compiled for the other architecture, too", async () => {
    const other = process.arch === "x64" ? "aarch64-linux-gnu-gcc" : "x86_64-linux-gnu-gcc";
    const file = join(folder, "other");
    expect(buildFront(file, { build: "same", compiler: other })).toBeUndefined();
    expect((await readFile(file)).length).toBeLessThanOrEqual(MOST[process.arch === "x64" ? "arm64" : "x64"]);
    const emulator = process.arch === "x64" ? "qemu-aarch64" : "qemu-x86_64";
    // Without an executable beside it: the front reaches its end by its own code.
    const { status, stderr } = spawnSync(emulator, [file, "path", "join"], {
      encoding: "utf8",
      env: { XSYS_FRONT: "off" },
    });
    expect([status, stderr]).toEqual([69, expect.stringContaining("needs the executable beside it")]);
    let hello = "";
    let line = "";
    const service = new HostileService((socket, messages, received) => {
      if (messages === 0) {
        hello = received.toString();
        socket.write(ACCEPTS);
      } else {
        line += received.toString();
        if (["LAST=1\0", "XYPRISS_IPC_PATH=", "\0PATH="].every((entry) => line.includes(entry))) {
          socket.write(
            Buffer.concat([message("Begun"), chunk(1, "out"), chunk(2, "err"), message("Exit", { status: 5 })]),
          );
        }
      }
    });
    const socket = join(folder, "socket");
    await service.listen(socket);
    const env = { PATH: process.env.PATH, XYPRISS_IPC_PATH: socket, LAST: "1" };
    const end = await runProgram(emulator, [file, "path", "join", "ä"], { cwd: folder, env });
    service.close();
    expect(end).toEqual({ status: 5, signal: null, stdout: "out", stderr: "err" });
    expect(line).toContain(`path\0join\0ä\0${folder}\0`);
    // The emulator changes some limits; users, groups, umask and priority are the real ones.
    const [, told = ""] = /"front":"([^"]*)"/.exec(hello) ?? [];
    const own = surroundings("same")?.split(" ") ?? [];
    expect(told.split(" ").length).toBe(own.length);
    expect(told.split(" ").slice(0, 7)).toEqual(own.slice(0, 7));
    expect(told.split(" ").slice(17)).toEqual(own.slice(17));
  });

  test("is left out without a C compiler, and says so", () => {
    expect(buildFront(join(folder, "none"), { build: "x", compiler: "no-such-cc" })).toBe(
      "the C compiler no-such-cc is not on PATH",
    );
  });

  test("a compiler's error is an error of the build", () => {
    expect(() => buildFront(join(folder, "wrong"), { build: "x", flags: ["-DEXECUTABLE=1"] })).toThrow(
      "does not compile",
    );
  });
});
