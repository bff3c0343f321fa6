import { AsyncLocalStorage } from "node:async_hooks";

/**
 * The number of the connection whose call started the current work; undefined for work that no call started. A number,
 * because a reference would keep the connection in memory for as long as the work.
 */
export const onBehalfOf = new AsyncLocalStorage<number>();
