/** Hidden first word that makes the executable check itself: `xsys __check-parts NAME…`. */
export const CHECK_WORD = "__check-parts";
