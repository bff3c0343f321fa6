import { afterEach, expect, test, vi } from "vitest";
import { CLibrary, lastError } from "../../internal/base/c-library.ts";

afterEach(() => vi.unstubAllEnvs());

const library = new CLibrary({
  getpid: { arguments: [], return: "int32" },
  close: { arguments: ["int32"], return: "int32" },
});

test("functions of the C library are called, and tell the error of a failed call", () => {
  expect(library.functions?.getpid()).toBe(process.pid);
  const [result, error] = [library.functions?.close(-1), lastError()];
  expect([result, error]).toEqual([-1, "EBADF"]);
});

test("there are none with XSYS_FFI=off, even after they were used; the error says so", () => {
  expect(library.functions).toBeDefined();
  vi.stubEnv("XSYS_FFI", "off");
  expect(library.functions).toBeUndefined();
  expect(() => library.need("cannot work")).toThrow(
    expect.objectContaining({
      code: "UNSUPPORTED",
      message: "cannot work: there is no node:ffi, or XSYS_FFI=off turns it off",
    }),
  );
});

test("there are none if the library has not all of them; the error names the missing one", () => {
  const missing = new CLibrary({
    getpid: { arguments: [], return: "int32" },
    no_such_call: { arguments: [], return: "int32" },
  });
  expect(missing.functions).toBeUndefined();
  expect(() => missing.need("cannot work")).toThrow(/^cannot work: .*no_such_call/);
});
