import { command } from "../contract/command.ts";
import { array, boolean, defaulted, object, oneOf, optional, string } from "../contract/schema.ts";
import { changedLine, changeTypes, duration, hexBytes, omitted, watched } from "./watch.ts";

const since = "0.1.0";

const params = { paths: watched, duration: defaulted(duration("Give up after so long."), 60) };

const change = {
  type: oneOf(changeTypes),
  path: string({ description: "Absolute." }),
  path_hex: hexBytes("path"),
};

const result = object({ changed: boolean({ description: "False when the time was over first." }) });

export const watch = command("fs.watch", {
  summary: "Wait for the first change of files or folders.",
  description: "It ends with the first change, and without one after the duration. `watch.files` goes on.",
  params,
  positionals: ["paths..."],
  events: object(change),
  result,
  errors: ["NOT_FOUND", "LIMIT_EXCEEDED"],
  examples: [{ title: "Up to a fifth of a second", params: { paths: ["notes.txt"], duration: 0.2 } }],
  changes: false,
  since,
});

export const watchContent = command("fs.watch-content", {
  summary: "Wait for the first change of text files, and tell the lines.",
  description: "It ends with the first change, and without one after the duration. `watch.content` goes on.",
  params: {
    ...params,
    diff: defaulted(boolean({ description: "Tell the lines that were added and removed." }), false),
  },
  positionals: ["paths..."],
  events: object({ ...change, lines: optional(array(changedLine)), omitted: optional(omitted) }),
  result,
  errors: ["NOT_FOUND", "LIMIT_EXCEEDED"],
  examples: [{ title: "With the lines", params: { paths: ["notes.txt"], duration: 0.2, diff: true } }],
  changes: false,
  since,
});
