/** A request for it ends the process that works on it. */
export const CRASH = "/crash";
