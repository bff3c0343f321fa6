/**
 * Why a worker was lost, as far as its requests are concerned.
 *
 * - `own`: it ended by itself: an exit code, a signal of its own such as SIGSEGV or SIGABRT, a connection that it closed or
 *   broke, or a hang for which the supervisor killed it. One of its requests may have caused that.
 * - `outside`: a signal from outside (SIGKILL, SIGTERM, SIGINT, SIGHUP, SIGQUIT: an operator, the kernel's memory killer) or
 *   the supervisor's own stop. No request has anything to do with it.
 * - `unknown`: the worker is no child of this service, so nobody knows how it ended.
 */
export type Loss = "own" | "outside" | "unknown";
