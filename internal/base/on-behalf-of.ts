import { AsyncLocalStorage } from "node:async_hooks";

/**
 * Whose call it is that work is done for: a number that names a connection, and does not keep it in memory as long as
 * what was begun on its behalf. Work that nobody asked for has none.
 */
export const onBehalfOf = new AsyncLocalStorage<number>();
