/** Name of the executable, which the front looks for beside itself. */
export const MAIN_EXECUTABLE = "xsys-main";

/** Asset of the executable with the id of its build. The front beside it was built with the same id. */
export const BUILD_ASSET = "build";
