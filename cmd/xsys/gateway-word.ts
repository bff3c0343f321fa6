/** Hidden first word with which the service starts its gateway processes. */
export const GATEWAY_WORD = "__gateway";
