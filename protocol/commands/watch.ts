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

export const watched = array(path({ description: "A file, or a folder with everything below it." }), {
  minItems: 1,
  maxItems: 256,
});

export const duration = (description: string) => number({ minimum: 0, unit: "seconds", description });

const options = {
  paths: watched,
  ignore: defaulted(
    array(string({ maxLength: 256 }), {
      maxItems: 256,
      description:
        "What is left out, with all below it, as in a .gitignore: `dist` and `dist/` are names at any depth, `/dist`, `./dist` and `src/dist` paths below the watched folder, and `!name` takes back what a pattern before it left out. An absolute path may be given as well.",
    }),
    [],
  ),
  shallow: defaulted(boolean({ description: "Only what is directly in a folder." }), false),
  debounce: defaulted(
    integer({
      minimum: 0,
      maximum: 60_000,
      unit: "milliseconds",
      description:
        "Changes of a path within it are one. At least 10 for what comes and goes, and 400 for names as temporary files have.",
    }),
    0,
  ),
  duration: optional(duration("End after so long; by default it goes on until it is cancelled.")),
} as const satisfies Fields;

export const changeTypes = ["create", "modify", "delete", "rename"] as const;

/** Bytes that JSON cannot carry. */
export const hexBytes = (whose: string) =>
  optional(string({ description: `The bytes of \`${whose}\` in hexadecimal, where they are not UTF-8.` }));

const place = {
  path: optional(string({ description: "Absolute. Absent with `ready` and `overflow`." })),
  path_hex: hexBytes("path"),
  from: optional(string({ description: "With `rename`: what it was." })),
  from_hex: hexBytes("from"),
  is_dir: optional(boolean()),
};

const missed = oneOf(["system", "reader"], {
  description: "With `overflow`: whose queue it was, the operating system's or this reader's.",
});

/** A line that was added or taken away. */
export const changedLine: Schema<{ type: "added" | "removed"; line: number; text: string }> = object({
  type: oneOf(["added", "removed"]),
  line: integer({ minimum: 1, description: "In the new text; of a removed line, in the old one." }),
  text: string(),
});

export const omitted = oneOf(["binary", "too-large", "no-memory", "too-many-lines", "no-longer-known"], {
  description: "Why there are no lines.",
});

const told = `Directories are watched with all below them; symbolic links below are entries and are not followed. A folder
that takes another's place is told as what differs in it. \`modify\` is a change of size, modification time or inode; a change of mode alone is none. Writing a temporary file and renaming it over
another, as editors save, is one \`modify\`; \`rename\` is told where the inode shows it, and that of a folder stands for all in it.

No change is lost silently. When the operating system's queue may have run over, the tree is compared with what is known: what was
missed comes as events after an \`overflow\` of \`system\`. A reader that is more than 65,536 events behind gets an \`overflow\` of
\`reader\`, then an \`exists\` for everything there is, then \`ready\`, and from there on events again.

A name that is not UTF-8 has U+FFFD in place of the bytes that are not, as in \`fs.ls\`; \`path_hex\` has the bytes of the path.

A watched path may be a symbolic link, or lie below one: what the links lead to is watched, and when one of them is swapped, as
Kubernetes swaps the files of a ConfigMap, the difference is told. Paths are told as they were given, so a folder that is given by
two names is watched and told by both. Under \`--confine\` links are resolved once, when the watch begins.

A path that does not exist is NOT_FOUND. A watched path that is deleted is told as such and watched on: it may come back, as long
as its parent folder is there, or a link on the way to it; without that the stream ends with NOT_FOUND.`;

export const files = command("watch.files", {
  summary: "Tell of what is created, modified, deleted and renamed.",
  description: told,
  params: {
    ...options,
    initial: defaulted(boolean({ description: "Begin with an `exists` for everything there is." }), false),
  },
  positionals: ["paths..."],
  events: object({
    type: oneOf(["exists", "ready", ...changeTypes, "overflow"], {
      description: "From `ready` on nothing is missed.",
    }),
    ...place,
    reason: optional(missed),
  }),
  result: object({ events: integer({ minimum: 0, description: "Sent." }) }),
  errors: ["NOT_FOUND", "LIMIT_EXCEEDED"],
  examples: [
    {
      title: "A source tree without its dependencies, for a fifth of a second",
      params: { paths: ["src"], ignore: ["node_modules", "*.log"], duration: 0.2 },
    },
    { title: "What is there, then what happens", params: { paths: ["src"], initial: true, duration: 0.1 } },
  ],
  changes: false,
  since,
});

export const content = command("watch.content", {
  summary: "Tell which lines of text files change.",
  description: `As watch.files, and with the lines that were added and removed. The last text of every file of at most 1 MiB
is kept, 64 MiB at the most altogether; a change of any other file comes without lines, and \`omitted\` says why. The same text
written again is no change.\n\n${told}`,
  params: options,
  positionals: ["paths..."],
  events: object({
    type: oneOf(["exists", "ready", ...changeTypes, "overflow"]),
    ...place,
    reason: optional(missed),
    lines: optional(array(changedLine, { description: "With `create` and `modify` of a file." })),
    omitted: optional(omitted),
  }),
  result: object({ events: integer({ minimum: 0, description: "Sent." }) }),
  errors: ["NOT_FOUND", "LIMIT_EXCEEDED"],
  examples: [{ title: "A log, for a fifth of a second", params: { paths: ["logs/app.log"], duration: 0.2 } }],
  changes: false,
  since,
});
