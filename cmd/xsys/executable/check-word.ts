/** The hidden first word of the executable's check of itself: `xsys __check-parts NAME…`. */
export const CHECK_WORD = "__check-parts";
