/** A request for this path ends the process that handles it. */
export const CRASH = "/crash";
