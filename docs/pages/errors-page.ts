import { ERRORS, type ErrorCode } from "../../protocol/errors.ts";
import { code, page, table } from "./markdown.ts";

/** docs/errors.md */
export function errorsPage(): string {
  return page(
    "# Errors",
    "Every error has a code from this table, on the command line, over the socket and in TypeScript. Programs should " +
      "branch on the code: codes are never renamed or removed. The message is for people. *Exit* is the exit status of " +
      "a command in the shell; the numbers are those of sysexits.h. *HTTP* is the status code of the corresponding " +
      "response of the gateway.",
    errorTable(Object.keys(ERRORS) as ErrorCode[]),
  );
}

export function errorTable(codes: readonly ErrorCode[]): string {
  return table(
    ["Code", "Exit", "HTTP", "Meaning"],
    codes.map((name) => [code(name), String(ERRORS[name].exit), String(ERRORS[name].http), ERRORS[name].summary]),
  );
}
