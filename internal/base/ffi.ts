/**
 * Node's module for calling functions of native libraries, which is experimental: callers need a way without it.
 * Undefined with the environment variable XSYS_FFI=off, and where Node has no such module. Keep a reference to each
 * library that is opened: garbage collection closes it, and its functions then fail.
 */
export function loadFfi(): typeof import("node:ffi") | undefined {
  if (process.env.XSYS_FFI === "off") return undefined;
  const { emitWarning } = process;
  process.emitWarning = () => {}; // loading it emits an ExperimentalWarning
  try {
    return process.getBuiltinModule("node:ffi");
  } finally {
    process.emitWarning = emitWarning;
  }
}
