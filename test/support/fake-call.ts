import type { Call } from "../../internal/base/context.ts";

/** A call without a connection: its input is empty, and its output and events are discarded. `given` replaces parts. */
export function fakeCall(given: Partial<Call> = {}): Call {
  return {
    signal: new AbortController().signal,
    input: { async *[Symbol.asyncIterator]() {} },
    output: { write: async () => {} },
    events: { ready: true, emit: async () => {} },
    ...given,
  };
}
