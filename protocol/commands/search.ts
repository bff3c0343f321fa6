import { command } from "../contract/command.ts";
import {
  anyOf,
  array,
  boolean,
  defaulted,
  integer,
  number,
  object,
  oneOf,
  optional,
  path,
  string,
} from "../contract/schema.ts";

const since = "0.1.0";

const folder = defaulted(path({ description: "Directory to search." }), ".");
const MAX_PATTERN = 65_536;
const timeout = defaulted(
  integer({
    minimum: 1,
    maximum: 3_600_000,
    unit: "milliseconds",
    description: "Time limit; the call fails with TIMEOUT after it.",
  }),
  10_000,
);

export const grep = command("search.grep", {
  summary: "Search files below a directory for lines that match a pattern.",
  description:
    "The pattern is a JavaScript regular expression, compiled with the `u` flag if that is possible, otherwise " +
    "without. An invalid pattern, such as `f(x`, fails with INVALID_PARAMS and the offset of the error; `literal` " +
    "searches for it as text. Each line is matched on its own, without its line end. Hidden files are searched; " +
    "binary files (with a NUL byte in the first 64 KiB) and symbolic links are skipped. If a file or directory cannot " +
    "be read, the search fails with DENIED. Results are sorted by file and line.\n\nThe search stops after `limit` " +
    "results and returns those found first, so there may be more. Only the first MiB of a line is returned, and a " +
    "line longer than 64 MiB is searched in pieces of that size.\n\nWith `gitignore`, files that git would ignore " +
    "are skipped, and so is `.git`. All .gitignore files in, below and above the directory, up to the top of its " +
    "repository, are used. Their patterns are case-sensitive except on macOS and Windows, as in git.",
  params: {
    path: path({ description: "Directory or file to search." }),
    pattern: string({ maxLength: MAX_PATTERN, description: "Regular expression, or text with `literal`." }),
    literal: defaulted(boolean({ description: "Treat the pattern as literal text." }), false),
    ignoreCase: defaulted(boolean({ description: "Ignore case." }), false),
    context: defaulted(
      integer({ minimum: 0, maximum: 1_000, description: "Number of lines to return before and after each match." }),
      0,
    ),
    limit: defaulted(integer({ minimum: 1, maximum: 1_000_000, description: "Maximum number of results." }), 10_000),
    gitignore: defaulted(boolean({ description: "Skip files that git would ignore." }), false),
    timeout,
  },
  positionals: ["path", "pattern"],
  result: array(
    object({
      file: string({ description: "Path, starting with the given directory." }),
      line: integer({ minimum: 1 }),
      content: string({ description: "The line without its end. Bytes that are not UTF-8 show as U+FFFD." }),
      before: optional(array(string(), { description: "Lines before the match; only with `context`." })),
      after: optional(array(string(), { description: "Lines after the match; only with `context`." })),
    }),
  ),
  columns: ["file", "line", "content"],
  errors: ["NOT_FOUND", "DENIED", "TIMEOUT", "TOO_LARGE"],
  progress: true,
  examples: [
    { title: "A word, ignoring case", params: { path: "src", pattern: "export", ignoreCase: true } },
    { title: "With one line of context", params: { path: ".", pattern: "^line \\d", context: 1 } },
  ],
  changes: false,
  since,
});

export const find = command("search.find", {
  summary: "Find files and directories by name.",
  description:
    "The pattern is a JavaScript regular expression that may match anywhere in the base name: `.*\\.ts$`, `^test`. " +
    "It is a glob instead if `glob` is set, if it is not a valid expression (as with a leading `*` or `?`: " +
    "`*.ts`), or if it contains a slash (`src/**/*.ts`) or alternatives in braces (`*.{ts,js}`). A pattern that is " +
    "neither, such as `f(x`, fails with INVALID_PARAMS and the offset of the error. A glob must match the whole " +
    "base name or, if it contains a slash, the path relative to the directory; hidden names match like others. " +
    "Symbolic links are returned but not followed. Results are sorted.",
  params: {
    path: folder,
    pattern: string({ maxLength: MAX_PATTERN, description: "Regular expression or glob." }),
    glob: defaulted(boolean({ description: "Treat the pattern as a glob." }), false),
    type: defaulted(oneOf(["any", "file", "folder", "link"], { description: "Only entries of this type." }), "any"),
    timeout,
  },
  positionals: ["path"],
  result: array(string({ description: "Path, starting with the given directory." })),
  errors: ["NOT_FOUND", "NOT_A_DIRECTORY", "TIMEOUT", "TOO_LARGE"],
  examples: [
    { title: "By a glob", params: { path: "src", pattern: "*.ts" } },
    { title: "Files by a regular expression", params: { path: ".", pattern: "^notes", type: "file" } },
  ],
  changes: false,
  since,
});

export const rename = command("search.rename", {
  summary: "Rename files below a directory by a regular expression.",
  description:
    "The pattern is a JavaScript regular expression for base names. Every match in a name is replaced; `$1` and " +
    "`$&` work as in JavaScript. Directories are not renamed, nor are files whose path is not UTF-8. Renaming is " +
    "all or nothing: if two files would get the same name, or a name is taken by an entry that stays, the call " +
    "fails with ALREADY_EXISTS before the first rename; if a rename fails, those already done are undone. Files " +
    "may swap names.",
  params: {
    path: folder,
    pattern: string({ maxLength: MAX_PATTERN, description: "Regular expression for base names." }),
    replacement: string({
      maxLength: MAX_PATTERN,
      description: "Replacement for each match; must not contain a separator.",
    }),
    dryRun: defaulted(boolean({ description: "Return what would be renamed, without renaming." }), false),
    timeout,
  },
  positionals: ["path"],
  result: anyOf([
    integer({ minimum: 0, description: "Number of files renamed." }),
    array(object({ old_path: string(), new_path: string() }), { description: "With `dryRun`." }),
  ]),
  errors: ["NOT_FOUND", "NOT_A_DIRECTORY", "ALREADY_EXISTS", "TIMEOUT", "TOO_LARGE"],
  examples: [
    { title: "Preview", params: { path: "src", pattern: "\\.ts$", replacement: ".mts", dryRun: true } },
    { title: "Add a prefix", params: { path: "logs", pattern: "^(.*)\\.log$", replacement: "old-$1.log" } },
  ],
  changes: true,
  since,
});

export const modified = command("search.modified", {
  summary: "List files modified within the last N hours, newest first.",
  description: "Regular files only, by modification time. Files with the same time are sorted by path.",
  params: {
    path: folder,
    hours: number({ minimum: 0, maximum: 1e9, description: "Maximum age in hours, possibly with a fraction." }),
  },
  positionals: ["path"],
  result: array(string({ description: "Path, starting with the given directory." })),
  errors: ["NOT_FOUND", "NOT_A_DIRECTORY", "TOO_LARGE"],
  examples: [{ title: "In the last half hour", params: { path: ".", hours: 0.5 } }],
  changes: false,
  since,
});
