import type { Call } from "../base/context.ts";

/** What is to be written, in pieces. */
export type Contents = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** A writing command's contents: its text, or else the call's byte stream. */
export function contentsOf(data: string | undefined, { input, signal }: Pick<Call, "input" | "signal">): Contents {
  return data === undefined ? untilAborted(input, signal) : [Buffer.from(data)];
}

/** The same stream, which fails as soon as the signal is aborted, even when the source has stalled. */
async function* untilAborted(source: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const iterator = source[Symbol.asyncIterator]();
  let giveUp = () => {};
  const onAbort = () => giveUp();
  signal.addEventListener("abort", onAbort);
  try {
    for (;;) {
      signal.throwIfAborted();
      // A Promise.race against one promise of the abort would keep every chunk's reaction until the stream ends.
      const step = await new Promise<IteratorResult<Uint8Array>>((resolve, reject) => {
        giveUp = () => reject(signal.reason);
        iterator.next().then(resolve, reject);
      });
      if (step.done) break;
      yield step.value;
    }
    signal.throwIfAborted();
  } finally {
    signal.removeEventListener("abort", onAbort);
    iterator.return?.().catch(() => {}); // not awaited: it waits for a stalled next()
  }
}
