import type { Call } from "../base/context.ts";

/** Data to write, in chunks. */
export type Contents = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** Contents for a writing command: the text, or the call's byte stream if there is none. */
export function contentsOf(data: string | undefined, { input, signal }: Pick<Call, "input" | "signal">): Contents {
  return data === undefined ? untilAborted(input, signal) : [Buffer.from(data)];
}

/** Passes a stream on, but fails as soon as the signal is aborted, even when the source has stalled. */
async function* untilAborted(source: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const iterator = source[Symbol.asyncIterator]();
  let rejectStep = () => {};
  const onAbort = () => rejectStep();
  signal.addEventListener("abort", onAbort);
  try {
    for (;;) {
      signal.throwIfAborted();
      // Promise.race with one promise for the abort would keep a reaction for every chunk until the stream ends.
      const step = await new Promise<IteratorResult<Uint8Array>>((resolve, reject) => {
        rejectStep = () => reject(signal.reason);
        iterator.next().then(resolve, reject);
      });
      if (step.done) break;
      yield step.value;
    }
    signal.throwIfAborted();
  } finally {
    signal.removeEventListener("abort", onAbort);
    iterator.return?.().catch(() => {}); // not awaited, because it waits for a stalled next()
  }
}
