import { command } from "../contract/command.ts";
import { array, boolean, defaulted, object, oneOf, optional, string } from "../contract/schema.ts";
import { changedLine, changeTypes, duration, hexBytes, omitted, watched } from "./watch.ts";

const since = "0.1.0";

const params = { paths: watched, duration: defaulted(duration("Maximum time to wait."), 60) };

const change = {
  type: oneOf(changeTypes),
  path: string({ description: "Absolute path." }),
  path_hex: hexBytes("path"),
};

const result = object({ changed: boolean({ description: "False if the duration ended first." }) });

export const watch = command("fs.watch", {
  summary: "Wait for the first change of files or directories (to follow changes, use `watch.files`).",
  description: "The command ends at the first change, or after `duration`.",
  params,
  positionals: ["paths..."],
  events: object(change),
  result,
  errors: ["NOT_FOUND", "LIMIT_EXCEEDED"],
  examples: [{ title: "For at most 0.2 seconds", params: { paths: ["notes.txt"], duration: 0.2 } }],
  changes: false,
  since,
});

export const watchContent = command("fs.watch-content", {
  summary: "Wait for the first change of text files (to follow changes, use `watch.content`).",
  description: "The command ends at the first change, or after `duration`. With `diff`, the changed lines are shown.",
  params: {
    ...params,
    diff: defaulted(boolean({ description: "Return the lines that were added and removed." }), false),
  },
  positionals: ["paths..."],
  events: object({ ...change, lines: optional(array(changedLine)), omitted: optional(omitted) }),
  result,
  errors: ["NOT_FOUND", "LIMIT_EXCEEDED"],
  examples: [{ title: "With the lines", params: { paths: ["notes.txt"], duration: 0.2, diff: true } }],
  changes: false,
  since,
});
