/** Milliseconds after the end of the connection in which the service's SIGTERM arrives if it stops this worker. */
const SIGNAL_GRACE = 1_000;
/** Milliseconds that the application has to end after SIGTERM. */
const STOP_GRACE = 10_000;

let isSignalled = false;
let waiting: NodeJS.Timeout | undefined;

/** Notes whether the application was sent SIGTERM. A listener of our own would keep it from ending the process. */
export function noteSignals(): void {
  const { emit } = process;
  process.emit = function (this: NodeJS.Process, ...words: Parameters<typeof emit>) {
    if ((words[0] as string) === "SIGTERM") {
      isSignalled = true;
      waiting?.unref();
    }
    return emit.apply(this, words);
  } as typeof emit;
}

/**
 * The gateway has closed the connection. To stop a worker, the service also sends SIGTERM, which the application may
 * handle. If the service has ended instead, nobody sends it: the process then sends it to itself.
 */
export function endWithGateway(): void {
  // The timers keep the process running until its handler is called.
  waiting = setTimeout(() => {
    if (isSignalled) return;
    if (process.listenerCount("SIGTERM") === 0) process.exit(1);
    waiting = setTimeout(() => process.exit(1), STOP_GRACE);
    process.kill(process.pid, "SIGTERM");
  }, SIGNAL_GRACE);
  if (isSignalled) waiting.unref();
}
