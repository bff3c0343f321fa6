import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MAIN_EXECUTABLE } from "../../clients/front/build.ts";
import { buildFront, hasFront } from "../../scripts/build/front.ts";
import { Random } from "../fuzz/random.ts";
import { SEED } from "../support/seed.ts";
import { type Home, makeHome, runProgram } from "./support/fronts.ts";
import { ACCEPTS, chunk, frame, HostileService, message } from "./support/hostile-service.ts";

/** Undefined behaviour and accesses beyond an array end the program with SIGILL. */
const CHECKED = ["-fsanitize=undefined", "-fsanitize-undefined-trap-on-error"];
const HANDED_OVER = "handed over\n";

let home: Home;
let front: string;
let sockets = 0;

beforeAll(async () => {
  home = await makeHome();
  front = join(home.folder, "front");
  buildFront(front, { build: "test", flags: CHECKED });
  await writeFile(join(home.folder, MAIN_EXECUTABLE), "#!/bin/sh\necho handed over\n");
  await chmod(join(home.folder, MAIN_EXECUTABLE), 0o755);
  await mkdir(join(home.folder, "empty"));
});
afterAll(() => home.remove());

/** Runs the front against a service that sends these bytes, one by one for each message of the front. */
async function answeredWith(...answers: Buffer[]) {
  const service = new HostileService((socket, messages) => {
    const bytes = answers[messages];
    if (bytes !== undefined) socket.write(bytes);
    if (messages >= answers.length - 1) socket.end();
  });
  sockets++;
  const socket = join(home.folder, `s${sockets}`);
  await service.listen(socket);
  try {
    const env = { ...home.env, XYPRISS_IPC_PATH: socket };
    return await runProgram(front, ["--json", "path", "join"], { cwd: home.folder, env, input: "" });
  } finally {
    service.close();
  }
}

const LOST = {
  status: 69,
  signal: null,
  stdout:
    '{"status":"error","message":"the connection to the service was lost before the command was finished","code":"UNAVAILABLE"}\n',
  stderr: "",
};

describe.runIf(hasFront())("a front", () => {
  test.each<[string, Buffer[]]>([
    ["no answer to Hello", [Buffer.alloc(0)]],
    ["a refusal", [message("Hello", { front: false })]],
    ["a Hello of another program", [message("Hello", { protocol: 1 })]],
    ["something else than Hello", [message("Response", { status: "error" })]],
    ["a frame without a payload", [Buffer.alloc(4)]],
    ["a frame of 4 GiB", [Buffer.from([255, 255, 255, 255, 1])]],
    ["a frame of the limit", [Buffer.from([0, 1, 0, 0, 123])]],
    ["the end within a frame", [ACCEPTS.subarray(0, 20)]],
    ["an end after Hello", [ACCEPTS, Buffer.alloc(0)]],
    ["HandOver", [ACCEPTS, Buffer.concat([message("Begun"), message("HandOver")])]],
    ["a refusal of the command line", [ACCEPTS, message("Response", { status: "error" })]],
  ])("hands over for %s", async (_, answers) => {
    expect(await answeredWith(...answers)).toMatchObject({ status: 0, stdout: HANDED_OVER, stderr: "" });
  });

  test.each<[string, Buffer]>([
    ["the end", Buffer.alloc(0)],
    ["an unknown message", message("Surprise")],
    ["an unknown message of many bytes", message("x".repeat(60_000))],
    ["text that is no message", frame("{".repeat(65_000))],
    ["a payload that is neither JSON nor a chunk", frame(Buffer.from([9, 9, 9]))],
    ["a chunk without an id", frame(Buffer.from([3, 0, 0]))],
    ["a chunk of an unknown stream", chunk(7, "x")],
    ["a chunk of the input", chunk(0, "x")],
    ["a chunk of the stream 2³²−1", chunk(0xffff_ffff, "x")],
    ["no status", message("Exit")],
    ["a status that is no number", message("Exit", { status: "0" })],
    ["a negative status", message("Exit", { status: -1 })],
    ["a status of twenty digits", message("Exit", { status: 12345678901234567890n.toString() })],
    ["a credit of nothing", message("Credit", { bytes: 0 })],
    ["a frame that is too large", Buffer.from([0, 1, 0, 1, 123])],
    ["HandOver after a credit", Buffer.concat([message("Credit", { bytes: 1 }), message("HandOver")])],
  ])("fails for %s after Begun", async (_, answer) => {
    expect(await answeredWith(ACCEPTS, Buffer.concat([message("Begun"), answer]))).toEqual(LOST);
  });

  test("fails on standard error if output was written", async () => {
    const end = await answeredWith(ACCEPTS, Buffer.concat([message("Begun"), chunk(1, "some"), message("HandOver")]));
    expect(end).toMatchObject({
      status: 69,
      stdout: "some",
      stderr: expect.stringMatching(/^xsys: the connection .*\n$/),
    });
  });

  test("relays chunks of any size, split anywhere", async () => {
    const output = Buffer.concat([chunk(1, "a".repeat(32_768)), chunk(1, ""), chunk(2, "e"), chunk(1, "z")]);
    const all = Buffer.concat([message("Begun"), output, message("Exit", { status: 3 })]);
    const service = new HostileService((socket, messages) => {
      if (messages === 0) socket.write(ACCEPTS);
      if (messages !== 1) return;
      for (let at = 0; at < all.length; at += 4_001) socket.write(all.subarray(at, at + 4_001));
    });
    const socket = join(home.folder, "split");
    await service.listen(socket);
    const env = { ...home.env, XYPRISS_IPC_PATH: socket };
    const end = await runProgram(front, ["path"], { cwd: home.folder, env });
    service.close();
    expect(end).toMatchObject({ status: 3, stdout: `${"a".repeat(32_768)}z`, stderr: "e" });
  });

  test("hands over if the service closes before the command line is sent", async () => {
    const server = createServer((socket) => {
      socket.on("error", () => {});
      socket.destroy();
    });
    const socket = join(home.folder, "closing");
    server.listen(socket);
    await once(server, "listening");
    try {
      for (let call = 0; call < 50; call++) {
        const end = await runProgram(front, ["path"], {
          cwd: home.folder,
          env: { ...home.env, XYPRISS_IPC_PATH: socket },
        });
        expect(end).toMatchObject({ status: 0, signal: null, stdout: HANDED_OVER });
      }
    } finally {
      server.close();
    }
  });

  test("survives mutated answers", async () => {
    const random = new Random(SEED);
    const usual = Buffer.concat([
      message("Begun"),
      message("Credit", { bytes: 1_000 }),
      chunk(1, "output"),
      chunk(2, "error"),
      message("Exit", { status: 0 }),
    ]);
    for (let round = 0; round < 150; round++) {
      const answer = Buffer.from(usual);
      for (let change = 0; change <= random.below(4); change++) answer[random.below(answer.length)] = random.below(256);
      const cut = random.below(3) === 0 ? answer.subarray(0, random.below(answer.length)) : answer;
      const { status, signal } = await answeredWith(ACCEPTS, cut);
      expect([signal, typeof status], `seed ${SEED}, round ${round}: ${cut.toString("hex")}`).toEqual([null, "number"]);
    }
    expect(existsSync(join(home.folder, "core"))).toBe(false);
  });
});
