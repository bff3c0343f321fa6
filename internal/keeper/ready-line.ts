/** What a keeper prints on standard output when it is ready. */
export const KEEPER_READY = "ready";
