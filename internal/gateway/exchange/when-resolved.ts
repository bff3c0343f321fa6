/**
 * Goes on with a value that is there, or will be: at once where it is, for a promise per step and request is what a
 * gateway would spend most of its time on.
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

/** Gives a value through steps, each with what the one before made of it, until one ends it. */
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
