/** The hidden first word by which the executable serves as Node: `xsys __script [--expose-gc] <file> <arguments…>`. */
export const SCRIPT_WORD = "__script";
