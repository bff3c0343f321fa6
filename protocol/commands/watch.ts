import { command } from "../contract/command.ts";
import {
  array,
  boolean,
  defaulted,
  type Fields,
  integer,
  number,
  object,
  oneOf,
  optional,
  path,
  type Schema,
  string,
} from "../contract/schema.ts";

const since = "0.1.0";

export const watched = array(path({ description: "File, or directory with everything below it." }), {
  minItems: 1,
  maxItems: 256,
  description: "Files or directories to watch.",
});

export const duration = (description: string) => number({ minimum: 0, unit: "seconds", description });

const options = {
  paths: watched,
  ignore: defaulted(
    array(string({ maxLength: 256 }), {
      maxItems: 256,
      description:
        "Comma-separated patterns of entries to ignore, together with everything below them. The patterns are those " +
        "of .gitignore: `dist` and `dist/` match names at any depth; `/dist`, `./dist` and `src/dist` match only " +
        "at that place, relative to the watched directory; `!name` re-includes what an earlier pattern excluded. A " +
        "pattern that begins with `/` is also compared with the absolute path of an entry, so `/srv/app/dist` ignores " +
        "that directory.",
    }),
    [],
  ),
  shallow: defaulted(boolean({ description: "Watch only the direct entries of a directory." }), false),
  debounce: defaulted(
    integer({
      minimum: 0,
      maximum: 60_000,
      unit: "milliseconds",
      description:
        "Changes of a path within this time are reported as one. Regardless of this value, creations and deletions " +
        "are held back for at least 10 ms, and for 400 ms if the name is that of an editor's temporary file, such as " +
        "`x~`, `.x.swp` or `x.tmp`.",
    }),
    0,
  ),
  duration: optional(duration("Time after which the watch ends; by default, it runs until it is cancelled.")),
} as const satisfies Fields;

export const changeTypes = ["create", "modify", "delete", "rename"] as const;

/** A path that JSON cannot represent. */
export const hexBytes = (whose: string) =>
  optional(string({ description: `The bytes of \`${whose}\` in hexadecimal, if they are not valid UTF-8.` }));

const place = {
  path: optional(string({ description: "Absolute path. Absent for `ready` and `overflow`." })),
  path_hex: hexBytes("path"),
  from: optional(string({ description: "For `rename`: the previous path." })),
  from_hex: hexBytes("from"),
  is_dir: optional(boolean()),
};

const missed = oneOf(["system", "reader"], {
  description: "For `overflow`: whether the queue of the operating system or the queue of this reader overflowed.",
});

/** A line that was added or removed. */
export const changedLine: Schema<{ type: "added" | "removed"; line: number; text: string }> = object({
  type: oneOf(["added", "removed"]),
  line: integer({ minimum: 1, description: "Line number in the new text; for a removed line, in the old text." }),
  text: string(),
});

export const omitted = oneOf(["binary", "too-large", "no-memory", "too-many-lines", "no-longer-known"], {
  description: "Why the lines are not reported.",
});

const told = `Directories are watched recursively. Symbolic links in them are reported as entries and not followed. If a
watched directory is replaced by another one, the differences are reported. If a temporary file is written and renamed
over another file, as many editors do to save a file, one \`modify\` is reported. A rename is reported as such if the
inode shows that it is the same file. If a directory is renamed, one event is reported, not one for each entry.

No change is lost silently. If the operating system's queue may have overflowed, the tree is compared with its last
known state, and the missed changes are sent as events after an \`overflow\` with \`reason: system\`. A reader that is
more than 65,536 events behind gets an \`overflow\` with \`reason: reader\`, then an \`exists\` for every entry, then
\`ready\`, and after that new changes again.

Bytes of a name that are not valid UTF-8 are shown as U+FFFD; \`path_hex\` then contains the bytes of the path.

A watched path may be a symbolic link or pass through one. The target of the link is watched. If the link gets another
target, as when Kubernetes updates the files of a ConfigMap, the differences are reported. Reported paths begin with the
given path, which is made absolute without resolving its links. If a directory is given under two names, each change is
reported under both names. With \`--confine\`, links are resolved only once, when the watch begins.

If a path does not exist at the start, the command fails with NOT_FOUND. When a watched path is deleted, the deletion is
reported and the watch continues, because the path may be created again. The watch ends with NOT_FOUND when the
parent directory of the path no longer exists. There is one exception: while there is still a symbolic link in the path,
the watch continues, because the link may get another target.`;

/** What counts as a change of an entry. */
const MODIFY = "a change of size, modification time or inode; a change of the mode alone is not reported.";

export const files = command("watch.files", {
  summary: "Report created, modified, deleted and renamed files.",
  description: `\`modify\` is ${MODIFY}\n\n${told}`,
  params: {
    ...options,
    initial: defaulted(boolean({ description: "Begin with an `exists` event for every entry." }), false),
  },
  positionals: ["paths..."],
  events: object({
    type: oneOf(["exists", "ready", ...changeTypes, "overflow"], {
      description: "No change after `ready` is missed.",
    }),
    ...place,
    reason: optional(missed),
  }),
  result: object({ events: integer({ minimum: 0, description: "Events sent." }) }),
  errors: ["NOT_FOUND", "LIMIT_EXCEEDED"],
  examples: [
    {
      title: "A source tree without its dependencies, for 0.2 seconds",
      params: { paths: ["src"], ignore: ["node_modules", "*.log"], duration: 0.2 },
    },
    { title: "Existing entries, then changes", params: { paths: ["src"], initial: true, duration: 0.1 } },
  ],
  changes: false,
  since,
});

export const content = command("watch.content", {
  summary: "Report which lines of text files change.",
  description: `Like \`watch.files\`, with the lines that were added and removed. For this, the latest text of every
file of at most 1 MiB is kept in memory, up to a total of 67,108,864 characters per watch. For a file whose text is
kept, \`modify\` is a change of the text: writing the same text again is not reported. Changes of other files are
reported without lines, and \`omitted\` gives the reason. For these files, \`modify\` is ${MODIFY}\n\n${told}`,
  params: options,
  positionals: ["paths..."],
  events: object({
    type: oneOf(["exists", "ready", ...changeTypes, "overflow"]),
    ...place,
    reason: optional(missed),
    lines: optional(array(changedLine, { description: "For `create` and `modify` of a file." })),
    omitted: optional(omitted),
  }),
  result: object({ events: integer({ minimum: 0, description: "Events sent." }) }),
  errors: ["NOT_FOUND", "LIMIT_EXCEEDED"],
  examples: [{ title: "A log file, for 0.2 seconds", params: { paths: ["logs/app.log"], duration: 0.2 } }],
  changes: false,
  since,
});
