import type { Call } from "../../internal/base/context.ts";

/** A call from nobody, whose input is empty and whose bytes and events go nowhere, but for what a test gives. */
export function fakeCall(given: Partial<Call> = {}): Call {
  return {
    signal: new AbortController().signal,
    input: { async *[Symbol.asyncIterator]() {} },
    output: { write: async () => {} },
    events: { ready: true, emit: async () => {} },
    ...given,
  };
}
