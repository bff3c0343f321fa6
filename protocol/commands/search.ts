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
    description: "Time limit; a call that takes longer fails with TIMEOUT.",
  }),
  10_000,
);

export const grep = command("search.grep", {
  summary: "Search files below a directory for lines that match a pattern.",
  description:
    "The pattern is a JavaScript regular expression, compiled with the `u` flag if it is valid with this flag. If " +
    "the pattern is not a valid expression, such as `f(x`, the command fails with INVALID_PARAMS, and the message " +
    "says where the error is. With `literal`, the pattern is searched for as text. Each line is matched on its own, " +
    "without its line end. Hidden files are searched. Binary files (with a NUL byte in the first 64 KiB) and " +
    "symbolic links are skipped. If a file or directory may not be read, the command fails with DENIED. Results are " +
    "sorted by file and line.\n\nThe search stops after `limit` results and returns the results that it found first, " +
    "so there may be more. Only the first MiB of a line is returned, and a line longer than 64 MiB is searched in " +
    "pieces of that size.\n\nWith `gitignore`, `.git` and all files that git would ignore are skipped. The " +
    ".gitignore files of the directory, of the directories below it, and of the directories above it up to the top " +
    "of the repository are used. Their patterns are case-sensitive except on macOS and Windows, as in git.",
  params: {
    path: path({ description: "Directory or file to search." }),
    pattern: string({ maxLength: MAX_PATTERN, description: "Regular expression; with `literal`, text." }),
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
      content: string({
        description: "The line without its line end. Bytes that are not valid UTF-8 are shown as U+FFFD.",
      }),
      before: optional(array(string(), { description: "Lines before the match; only with `context`." })),
      after: optional(array(string(), { description: "Lines after the match; only with `context`." })),
    }),
  ),
  columns: ["file", "line", "content"],
  errors: ["NOT_FOUND", "TIMEOUT", "TOO_LARGE"],
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
    "The pattern is a glob if `glob` is set, or if the pattern contains a slash (`src/**/*.ts`) or alternatives in " +
    "braces (`*.{ts,js}`). Any other pattern is a JavaScript regular expression that may match anywhere in the base " +
    "name: `\\.ts$`, `^test`. If the pattern is not a valid regular expression, it is treated as a glob if it " +
    "contains a wildcard, as in `*.ts`, but no backslash, no `^` at its start and no `$` at its end. Otherwise, as " +
    "with `f(x` or `[a`, the command fails with INVALID_PARAMS, and the message says where the error is.\n\nA glob " +
    "must match the whole base name or, if it contains a slash, the whole path relative to the directory. Hidden " +
    "names are matched like other names. Symbolic links are returned but not followed. Results are sorted.",
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
    "The pattern is a JavaScript regular expression for base names. Every match in a name is replaced. `$1` and " +
    "`$&` in the replacement refer to the match, as in JavaScript. Directories, and files whose path is not valid " +
    "UTF-8, are not renamed.\n\nEither all files are renamed or none. If two files would get the same name, or if a " +
    "new name already belongs to an entry that is not being renamed, the command fails with ALREADY_EXISTS before it " +
    "renames anything. If renaming a file fails, the files that were already renamed get their old names back. Files " +
    "may swap names.",
  params: {
    path: folder,
    pattern: string({ maxLength: MAX_PATTERN, description: "Regular expression for base names." }),
    replacement: string({
      maxLength: MAX_PATTERN,
      description: "Replacement for each match; must not contain a path separator.",
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
  description: "Only regular files are listed. Files with the same modification time are sorted by path.",
  params: {
    path: folder,
    hours: number({ minimum: 0, maximum: 1e9, description: "Maximum age in hours, such as 24 or 0.5." }),
  },
  positionals: ["path"],
  result: array(string({ description: "Path, starting with the given directory." })),
  errors: ["NOT_FOUND", "NOT_A_DIRECTORY", "TOO_LARGE"],
  examples: [{ title: "In the last half hour", params: { path: ".", hours: 0.5 } }],
  changes: false,
  since,
});
