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

const folder = defaulted(path({ description: "The folder to search." }), ".");
const MAX_PATTERN = 65_536;
const timeout = defaulted(
  integer({ minimum: 1, maximum: 3_600_000, unit: "milliseconds", description: "When to give up with TIMEOUT." }),
  10_000,
);

export const grep = command("search.grep", {
  summary: "Lines of the files below a folder that match a pattern.",
  description:
    "The pattern is a JavaScript regular expression (with the `u` flag, where it is one with it). One that does not compile, " +
    "such as `f(x`, is INVALID_PARAMS with the offset of the fault: `literal` searches for it as text. Each line is looked at by itself, without its end. Hidden files are searched; " +
    "binary ones (with a NUL byte in their first 64 KiB) and symbolic links are not. What may not be read is DENIED, and not " +
    "passed over. Rows come sorted by file and line.\n\n" +
    "As many rows as `limit` may mean that there are more: the search ends there, with those found first. A line is shown up " +
    "to its first MiB, and one longer than 64 MiB is looked at in pieces of that size.\n\n" +
    "With `gitignore`, what git would ignore is left out: by the .gitignore files in the folder, below it, and above it up to " +
    "the top of its repository; so is `.git`. Case counts in them, except on macOS and Windows, as with git.",
  params: {
    path: path({ description: "The folder to search, or one file." }),
    pattern: string({ maxLength: MAX_PATTERN, description: "Regular expression, or with `literal` a text." }),
    literal: defaulted(boolean({ description: "Take the pattern as literal text." }), false),
    ignoreCase: defaulted(boolean({ description: "Upper and lower case are the same." }), false),
    context: defaulted(
      integer({ minimum: 0, maximum: 1_000, description: "Lines to add before and after each match." }),
      0,
    ),
    limit: defaulted(integer({ minimum: 1, maximum: 1_000_000, description: "Rows at the most." }), 10_000),
    gitignore: defaulted(boolean({ description: "Leave out what git would ignore." }), false),
    timeout,
  },
  positionals: ["path", "pattern"],
  result: array(
    object({
      file: string({ description: "As the folder was given, with the path below it." }),
      line: integer({ minimum: 1 }),
      content: string({ description: "The line without its end. Bytes that are not UTF-8 show as U+FFFD." }),
      before: optional(array(string(), { description: "Lines before it; with `context` alone." })),
      after: optional(array(string(), { description: "Lines after it; with `context` alone." })),
    }),
  ),
  columns: ["file", "line", "content"],
  errors: ["NOT_FOUND", "TIMEOUT", "TOO_LARGE"],
  progress: true,
  examples: [
    { title: "A word, whatever its case", params: { path: "src", pattern: "export", ignoreCase: true } },
    { title: "With the lines around it", params: { path: ".", pattern: "^line \\d", context: 1 } },
  ],
  changes: false,
  since,
});

export const find = command("search.find", {
  summary: "Files and folders below a folder, by name.",
  description:
    "The pattern is a JavaScript regular expression, looked for anywhere in the base name: `.*\\.ts$`, `^test`. It is a glob " +
    "instead when it does not compile as an expression (as with a leading `*` or `?`: `*.ts`), holds a slash (`src/**/*.ts`) or " +
    "holds alternatives in braces (`*.{ts,js}`), or with `glob`. What is neither, such as `f(x`, is INVALID_PARAMS with the " +
    "offset of the fault. A glob is for the whole base name, or with a slash for the path " +
    "from the folder; hidden names match like others. Symbolic links are found and not followed. Sorted; `[]` when none.",
  params: {
    path: folder,
    pattern: string({ maxLength: MAX_PATTERN, description: "Regular expression or glob." }),
    glob: defaulted(boolean({ description: "Take the pattern as a glob, whatever it looks like." }), false),
    type: defaulted(oneOf(["any", "file", "folder", "link"], { description: "Only entries of this kind." }), "any"),
    timeout,
  },
  positionals: ["path"],
  result: array(string({ description: "As the folder was given, with the path below it." })),
  errors: ["NOT_FOUND", "NOT_A_DIRECTORY", "TIMEOUT", "TOO_LARGE"],
  examples: [
    { title: "By a glob", params: { path: "src", pattern: "*.ts" } },
    { title: "Files by an expression", params: { path: ".", pattern: "^notes", type: "file" } },
  ],
  changes: false,
  since,
});

export const rename = command("search.rename", {
  summary: "Rename files below a folder by an expression.",
  description:
    "The pattern is a JavaScript regular expression for base names; every match in a name is replaced, with `$1` and `$&` as in " +
    "JavaScript. Folders keep their names; so do files whose path is not UTF-8. All or nothing: two files that would have one " +
    "name, or a name that is taken by something that stays, are ALREADY_EXISTS before the first is renamed, and when one " +
    "renaming fails, those done are undone. Names may be exchanged.",
  params: {
    path: folder,
    pattern: string({ maxLength: MAX_PATTERN, description: "Regular expression for base names." }),
    replacement: string({ maxLength: MAX_PATTERN, description: "What each match becomes; holds no separator." }),
    dryRun: defaulted(boolean({ description: "Tell what would be renamed, and rename nothing." }), false),
    timeout,
  },
  positionals: ["path"],
  result: anyOf([
    integer({ minimum: 0, description: "How many were renamed." }),
    array(object({ old_path: string(), new_path: string() }), { description: "With `dryRun`." }),
  ]),
  errors: ["NOT_FOUND", "NOT_A_DIRECTORY", "ALREADY_EXISTS", "TIMEOUT", "TOO_LARGE"],
  examples: [
    { title: "What would happen", params: { path: "src", pattern: "\\.ts$", replacement: ".mts", dryRun: true } },
    { title: "A prefix", params: { path: "logs", pattern: "^(.*)\\.log$", replacement: "old-$1.log" } },
  ],
  changes: true,
  since,
});

export const modified = command("search.modified", {
  summary: "Files below a folder that changed in the last hours, newest first.",
  description: "Regular files, by the time their contents last changed. Files of the same time are sorted by path.",
  params: {
    path: folder,
    hours: number({ minimum: 0, maximum: 1e9, description: "How far back; fractions count." }),
  },
  positionals: ["path"],
  result: array(string({ description: "As the folder was given, with the path below it." })),
  errors: ["NOT_FOUND", "NOT_A_DIRECTORY", "TOO_LARGE"],
  examples: [{ title: "In the last half hour", params: { path: ".", hours: 0.5 } }],
  changes: false,
  since,
});
