/**
 * Why a worker was lost. It decides what happens to the worker's requests.
 *
 * - `own`: the worker failed: it exited, raised a signal such as SIGSEGV or SIGABRT, closed its connection, broke the
 *   protocol, or hung and was killed by the supervisor. One of its requests may be the cause.
 * - `outside`: the worker was ended by an external signal (SIGKILL, SIGTERM, SIGINT, SIGHUP, SIGQUIT: an operator or
 *   the kernel's out-of-memory killer), or was stopped by the supervisor. No request is the cause.
 * - `unknown`: the worker is not a child process of this service, so its exit status is not available.
 */
export type Loss = "own" | "outside" | "unknown";
