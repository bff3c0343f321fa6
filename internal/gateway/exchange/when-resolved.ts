/**
 * Calls `next` with a value, at once or when it resolves. A promise for each step of each request would cost more than
 * the rest of the gateway's work.
 */
export function whenResolved<T>(
  value: T | Promise<T>,
  next: (value: T) => void,
  failed: (error: unknown) => void,
): void {
  if (!(value instanceof Promise)) {
    next(value);
    return;
  }
  value.then(next).catch(failed);
}

/** Passes a value through steps, each of which gets the result of the one before, until `isEnd` accepts a result. */
export function throughSteps<T, Step extends (value: T) => T | Promise<T>>(
  value: T,
  steps: readonly Step[],
  isEnd: (value: T) => boolean = () => false,
): T | Promise<T> {
  let current = value;
  for (const [at, step] of steps.entries()) {
    const made = step(current);
    if (made instanceof Promise) {
      return made.then((value) => (isEnd(value) ? value : throughSteps(value, steps.slice(at + 1), isEnd)));
    }
    current = made;
    if (isEnd(current)) return current;
  }
  return current;
}
