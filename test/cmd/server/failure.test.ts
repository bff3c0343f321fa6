import { once } from "node:events";
import { createServer } from "node:net";
import { constants } from "node:os";
import { pino } from "pino";
import { beforeEach, expect, test } from "vitest";
import { reportFailure } from "../../../cmd/xsys/server/failure.ts";
import { XsysError } from "../../../protocol/errors.ts";

let told: string;

beforeEach(() => {
  told = "";
});

/** Reports a failure as on a pipe, and returns the text and the exit status. */
async function failing(error: unknown): Promise<{ readonly told: string; readonly status: number }> {
  const status = await reportFailure(error, {
    logger: pino({ level: "silent" }),
    format: "plain",
    write: (text) => {
      told += text;
    },
    always: () => {},
    close: async () => {},
  });
  return { told, status };
}

async function busyPort(): Promise<{ readonly error: Error; readonly port: number }> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { readonly port: number };
  const [error] = (await once(createServer().listen(port, "127.0.0.1"), "error")) as [Error];
  server.close();
  return { error, port };
}

test("a busy port is reported without a final newline, also if it is the cause of another error", async () => {
  const { error, port } = await busyPort();
  const expected = { told: `Address already in use: 127.0.0.1:${port}`, status: 75 };
  expect(await failing(error)).toEqual(expected);
  told = "";
  expect(await failing(new XsysError("ALREADY_EXISTS", "no", { cause: error }))).toEqual(expected);
});

test("a socket on which another service listens is reported as an address in use", async () => {
  const error = new XsysError("BUSY", "xsys, pid 7, already listens on /s", { details: { socket: "/s", pid: 7 } });
  expect(await failing(error)).toEqual({
    told: "Address already in use: xsys, pid 7, already listens on /s",
    status: 75,
  });
});

test.each([
  ["EACCES", "permission denied"],
  ["EPERM", "operation not permitted"],
])("%s is reported without a final newline", async (code, words) => {
  const error = Object.assign(new Error(`listen ${code}: ${words} 127.0.0.1:80`), { code, syscall: "listen" });
  expect(await failing(error)).toEqual({ told: `listen ${code}: ${words} 127.0.0.1:80`, status: 77 });
});

test("an address of another machine and an unknown host name are reported", async () => {
  const elsewhere = Object.assign(new Error("listen EADDRNOTAVAIL: address not available 203.0.113.7"), {
    errno: -constants.errno.EADDRNOTAVAIL,
    code: "EADDRNOTAVAIL",
    syscall: "listen",
    address: "203.0.113.7",
  });
  expect(await failing(elsewhere)).toEqual({
    told: "ERROR: listening failed on 203.0.113.7: address not available\n",
    status: 74,
  });
  told = "";
  const unknown = Object.assign(new Error("getaddrinfo ENOTFOUND nowhere.invalid"), {
    errno: -3008,
    code: "ENOTFOUND",
    syscall: "getaddrinfo",
    hostname: "nowhere.invalid",
  });
  expect((await failing(unknown)).told).toBe("ERROR: listening failed on nowhere.invalid: unknown node or service\n");
});

test("a socket directory that cannot be created is reported", async () => {
  const path = "/proc/none";
  const error = Object.assign(new Error("ENOENT"), {
    errno: -constants.errno.ENOENT,
    code: "ENOENT",
    syscall: "mkdir",
    path,
  });
  expect((await failing(error)).told).toBe("ERROR: starting failed on /proc/none: no such file or directory\n");
});

test("any other reason is reported as a whole line, and the exit status is not 0", async () => {
  expect(await failing(new XsysError("DENIED", "the plugin p has been revoked"))).toEqual({
    told: "ERROR: the plugin p has been revoked\n",
    status: 77,
  });
});

test("an unexpected error is reported with its stack on one line", async () => {
  const { told, status } = await failing(new TypeError("x is not a function"));
  expect(told).toMatch(/^ERROR: unexpected error in xsys: TypeError: x is not a function at .*\n$/);
  expect(told.split("\n")).toHaveLength(2);
  expect(status).toBe(70);
});
