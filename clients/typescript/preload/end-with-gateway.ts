/** Milliseconds after the end of the connection in which the service's SIGTERM arrives if it stops this worker. */
const SIGNAL_GRACE = 1_000;
/** Milliseconds that the application has to end after SIGTERM. */
const STOP_GRACE = 10_000;

/**
 * The gateway has closed the connection. To stop a worker, the service also sends SIGTERM, which the application may
 * handle. If the service has ended instead, nobody sends it: the process then sends it to itself.
 */
export function endWithGateway(): void {
  if (process.listenerCount("SIGTERM") === 0) {
    setTimeout(() => process.exit(1), SIGNAL_GRACE).unref();
    return;
  }
  const timer = setTimeout(() => {
    process.kill(process.pid, "SIGTERM");
    setTimeout(() => process.exit(1), STOP_GRACE).unref();
  }, SIGNAL_GRACE).unref();
  process.prependOnceListener("SIGTERM", () => clearTimeout(timer));
}
