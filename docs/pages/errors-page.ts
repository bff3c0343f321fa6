import { ERRORS, type ErrorCode } from "../../protocol/errors.ts";
import { code, page, table } from "./markdown.ts";

/** docs/errors.md */
export function errorsPage(): string {
  return page(
    "# Errors",
    "Every error has a code from this table: on the command line, over the socket and in TypeScript. Branch on the code, which " +
      "is never renamed or removed; the message is for people. *Exit* is the exit status of a command (sysexits.h), *HTTP* the " +
      "status code of an HTTP response.",
    errorTable(Object.keys(ERRORS) as ErrorCode[]),
  );
}

export function errorTable(codes: readonly ErrorCode[]): string {
  return table(
    ["Code", "Exit", "HTTP", "Meaning"],
    codes.map((name) => [code(name), String(ERRORS[name].exit), String(ERRORS[name].http), ERRORS[name].summary]),
  );
}
