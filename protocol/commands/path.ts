import { command } from "../contract/command.ts";
import { array, boolean, defaulted, integer, object, string } from "../contract/schema.ts";

const since = "0.1.0";
const text = (description: string) => string({ description, maxLength: 32_767 });
const segments = (description: string) => array(text("Path segment."), { description });

export const resolve = command("path.resolve", {
  summary: "Resolve path segments to an absolute, normalized path.",
  description:
    "Segments are resolved against the root; a later absolute segment replaces those before it. Without segments " +
    "the result is the root itself.",
  params: { segments: defaulted(segments("Path segments."), []) },
  positionals: ["segments..."],
  result: string({ description: "Absolute path." }),
  examples: [{ title: "Resolve a relative path", params: { segments: ["src", "..", "notes.txt"] } }],
  changes: false,
  since,
});

export const join = command("path.join", {
  summary: "Join path segments into one normalized path.",
  description: "The result is relative if the first segment is.",
  params: { segments: defaulted(segments("Path segments."), []) },
  positionals: ["segments..."],
  result: string(),
  examples: [{ title: "Join and normalize", params: { segments: ["a", "b", "../c"] } }],
  changes: false,
  since,
});

export const dirname = command("path.dirname", {
  summary: "Return the directory part of a path, as dirname(1) does.",
  params: { path: text("Path.") },
  positionals: ["path"],
  result: string(),
  examples: [{ title: "A trailing slash is ignored", params: { path: "/a/b/" } }],
  changes: false,
  since,
});

export const basename = command("path.basename", {
  summary: "Return the last part of a path.",
  params: { path: text("Path."), suffix: defaulted(text("Suffix to remove from the end."), "") },
  positionals: ["path", "suffix"],
  result: string(),
  examples: [{ title: "Without its extension", params: { path: "src/app.ts", suffix: ".ts" } }],
  changes: false,
  since,
});

export const extname = command("path.extname", {
  summary: "Return the extension of a path, including the dot.",
  description: "Empty if there is none. A dot file without another dot has no extension.",
  params: { path: text("Path.") },
  positionals: ["path"],
  result: string(),
  examples: [{ title: "Only the last extension", params: { path: "backup.tar.gz" } }],
  changes: false,
  since,
});

export const relative = command("path.relative", {
  summary: "Return the relative path from one path to another.",
  description: "Relative paths are resolved against the root.",
  params: { from: text("Start path."), to: text("Target path.") },
  positionals: ["from", "to"],
  result: string(),
  examples: [{ title: "Up and down again", params: { from: "/srv/app/src", to: "/srv/app/docs" } }],
  changes: false,
  since,
});

export const normalize = command("path.normalize", {
  summary: "Normalize a path: remove repeated separators, `.` and `..`.",
  params: { path: text("Path.") },
  positionals: ["path"],
  result: string(),
  examples: [{ title: "Clean a path", params: { path: "/srv//app/./src/../docs" } }],
  changes: false,
  since,
});

export const isChild = command("path.is-child", {
  summary: "Check whether a path is inside another.",
  description: "A path is not its own child. The file system is not accessed; symbolic links are not followed.",
  params: { parent: text("Outer path."), child: text("Inner path.") },
  positionals: ["parent", "child"],
  result: boolean(),
  examples: [{ title: "Inside", params: { parent: "/srv/app", child: "/srv/app/src" } }],
  changes: false,
  since,
});

export const secureJoin = command("path.secure-join", {
  summary: "Join segments below a base directory; fail if the result leaves it.",
  description:
    "The result is always inside the base; segments that would leave it fail with DENIED. The file system is not " +
    "accessed, so a symbolic link below the base may still lead out of it; `--confine` protects against that.",
  params: { base: text("Base directory."), segments: defaulted(segments("Path segments."), []) },
  positionals: ["base", "segments..."],
  result: string(),
  errors: ["DENIED"],
  examples: [{ title: "Stay inside", params: { base: "/srv/uploads", segments: ["user", "..", "photo.png"] } }],
  changes: false,
  since,
});

export const metadata = command("path.metadata", {
  summary: "Split a path into its parts.",
  params: { path: text("Path.") },
  positionals: ["path"],
  result: object({
    dir: string({ description: "Directory part." }),
    base: string({ description: "Last part, including the extension." }),
    ext: string({ description: "Extension including the dot, or empty." }),
    name: string({ description: "Last part without the extension." }),
    isAbsolute: boolean(),
  }),
  examples: [{ title: "Split a path", params: { path: "/srv/app/index.html" } }],
  changes: false,
  since,
});

export const toNamespaced = command("path.to-namespaced", {
  summary: "Return the namespaced form of a path on Windows, and the path itself elsewhere.",
  params: { path: text("Path.") },
  positionals: ["path"],
  result: string(),
  examples: [{ title: "Unchanged on POSIX", params: { path: "/srv/app" } }],
  changes: false,
  since,
});

export const normalizeSeparators = command("path.normalize-separators", {
  summary: "Replace every slash and backslash with the platform's separator.",
  params: { path: text("Path.") },
  positionals: ["path"],
  result: string(),
  examples: [{ title: "From Windows", params: { path: "src\\app\\index.ts" } }],
  changes: false,
  since,
});

export const commonBase = command("path.common-base", {
  summary: "Return the deepest directory that contains all the paths.",
  description:
    "For one path it is the directory that contains it. Relative paths give a relative base, `.` if they have none " +
    "in common.",
  params: { paths: array(text("Path."), { minItems: 1, description: "Paths, all absolute or all relative." }) },
  positionals: ["paths..."],
  result: string(),
  examples: [
    { title: "Three files in sibling directories", params: { paths: ["/a/b/x.ts", "/a/c/y.ts", "/a/d/z.ts"] } },
  ],
  changes: false,
  since,
});

export const isAbsolute = command("path.is-absolute", {
  summary: "Check whether a path is absolute.",
  params: { path: text("Path.") },
  positionals: ["path"],
  result: boolean(),
  examples: [{ title: "A relative path", params: { path: "src/app.ts" } }],
  changes: false,
  since,
});

export const correct = command("path.correct", {
  summary: "Normalize a path and remove sequences of segments that directly repeat the one before.",
  description:
    "The path is normalized first: `/a//b/./c/` becomes `/a/b/c`. Then each pass removes one sequence of segments " +
    "that directly repeats the one before it, the longest first: `/srv/app/srv/app/x` becomes `/srv/app/x`. With " +
    "`verify`, a sequence is only removed if the shorter path exists.",
  params: {
    path: text("Path."),
    tentative: defaulted(
      integer({ minimum: 0, maximum: 1000, description: "Maximum number of passes (XyPriss's name)." }),
      4,
    ),
    verify: defaulted(boolean({ description: "Remove a sequence only if the shorter path exists." }), false),
  },
  positionals: ["path"],
  result: string(),
  examples: [{ title: "A repeated directory", params: { path: "/srv/app/srv/app/index.ts" } }],
  changes: false,
  since,
});
