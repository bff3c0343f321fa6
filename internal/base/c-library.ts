import { getSystemErrorName } from "node:util";
import { XsysError } from "../../protocol/errors.ts";
import { loadFfi } from "./ffi.ts";

type Ffi = typeof import("node:ffi");
type Definitions = import("node:ffi").FunctionDefinitions;
type Library<T extends Definitions> = import("node:ffi").DynamicLibraryResult<T>;

/**
 * Functions of the C library that this process runs with, called through node:ffi, which is experimental. It is opened
 * at the first use, and kept: the functions fail after garbage collection has closed their library.
 *
 * Arguments of variadic functions, such as the third of fcntl(2), are declared like any other: Linux passes them in the
 * same way on x64 and arm64.
 */
export class CLibrary<const T extends Definitions> {
  readonly #definitions: T;
  #opened: Library<T> | { readonly failure: unknown } | undefined;

  constructor(definitions: T) {
    this.#definitions = definitions;
  }

  /**
   * Undefined with the environment variable XSYS_FFI=off, where Node has no node:ffi, where the library does not have
   * all of the functions, and on other systems than Linux.
   */
  get functions(): Library<T>["functions"] | undefined {
    const opened = this.#open();
    return "failure" in opened ? undefined : opened.functions;
  }

  /** @throws UNSUPPORTED if there are no functions: `cannot`, followed by the reason. */
  need(cannot: string): Library<T>["functions"] {
    const opened = this.#open();
    if (!("failure" in opened)) return opened.functions;
    const { failure } = opened;
    const why = failure instanceof Error ? failure.message : String(failure);
    throw new XsysError("UNSUPPORTED", `${cannot}: ${why}`, { cause: failure });
  }

  /** Checks the environment variable at each call. */
  #open(): Library<T> | { readonly failure: unknown } {
    if (process.platform !== "linux") return { failure: `node:ffi is not used on ${process.platform}` };
    const ffi = loadFfi();
    if (ffi === undefined) return { failure: "there is no node:ffi, or XSYS_FFI=off turns it off" };
    this.#opened ??= openWith(ffi, this.#definitions);
    return this.#opened;
  }
}

function openWith<const T extends Definitions>(ffi: Ffi, definitions: T): Library<T> | { readonly failure: unknown } {
  try {
    readErrno ??= errnoReader(ffi);
    return ffi.dlopen(null, definitions);
  } catch (failure) {
    return { failure };
  }
}

/** Reads errno of this thread. Made when the first library is opened, because that changes errno. */
let readErrno: (() => number) | undefined;

function errnoReader(ffi: Ffi): () => number {
  // The function has the same name in glibc and musl.
  const { lib, functions } = ffi.dlopen(null, { __errno_location: { arguments: [], return: "pointer" } });
  const location = functions.__errno_location();
  lib.close();
  return () => ffi.getInt32(location);
}

/**
 * The name of the error of the last call that failed in this thread, such as `EPERM`. Must be read right after the call:
 * any other work may change it.
 */
export function lastError(): string {
  const errno = readErrno?.() ?? 0;
  return errno === 0 ? "unknown" : getSystemErrorName(-errno);
}
