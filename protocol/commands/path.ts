import { command } from "../contract/command.ts";
import { array, boolean, defaulted, integer, object, string } from "../contract/schema.ts";

const since = "0.1.0";
const text = (description: string) => string({ description, maxLength: 32_767 });
const segments = (description: string) => array(text("Path segment."), { description });

export const resolve = command("path.resolve", {
  summary: "Resolve path segments to an absolute, normalized path.",
  description:
    "Segments are resolved against the root. An absolute segment replaces all segments before it. Without segments, " +
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
  description: "The result is relative if the first segment is relative.",
  params: { segments: defaulted(segments("Path segments."), []) },
  positionals: ["segments..."],
  result: string(),
  examples: [{ title: "Join and normalize", params: { segments: ["a", "b", "../c"] } }],
  changes: false,
  since,
});

export const dirname = command("path.dirname", {
  summary: "Return the directory part of a path, like dirname(1).",
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
  description:
    "The result is empty if the path has no extension. A name that begins with a dot and contains no other dot, such " +
    "as `.bashrc`, has no extension.",
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
  params: { from: text("Start path."), to: text("Path to which the result leads.") },
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
  summary: "Check whether a path is inside another path.",
  description: "A path is not its own child. The file system is not accessed; symbolic links are not followed.",
  params: { parent: text("Outer path."), child: text("Inner path.") },
  positionals: ["parent", "child"],
  result: boolean(),
  examples: [{ title: "Inside", params: { parent: "/srv/app", child: "/srv/app/src" } }],
  changes: false,
  since,
});

export const secureJoin = command("path.secure-join", {
  summary: "Join segments to a base directory; fail if the result is outside the base directory.",
  description:
    "If the segments lead outside the base directory, the command fails with DENIED. The file system is not " +
    "accessed, so the result may pass through a symbolic link that leads outside the base directory. To be safe from " +
    "such links, run the command that uses the result with `--confine` and with the base directory as `--root`.",
  params: { base: text("Base directory."), segments: defaulted(segments("Path segments."), []) },
  positionals: ["base", "segments..."],
  result: string(),
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
    "For a single path, the result is the path's parent directory. For relative paths, the result is relative, and " +
    "`.` if the paths have no directory in common.",
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
  summary: "Normalize a path, and collapse sequences of segments that occur twice in a row.",
  description:
    "The path is normalized first: `/a//b/./c/` becomes `/a/b/c`. Then each pass looks for the longest sequence of " +
    "segments that occurs twice in a row, and removes the second occurrence: `/srv/app/srv/app/x` becomes " +
    "`/srv/app/x`. With `verify`, the second occurrence is removed only if the shorter path exists.",
  params: {
    path: text("Path."),
    tentative: defaulted(
      integer({
        minimum: 0,
        maximum: 1000,
        description: "Maximum number of passes. The option has this name for compatibility with XyPriss.",
      }),
      4,
    ),
    verify: defaulted(boolean({ description: "Remove an occurrence only if the shorter path exists." }), false),
  },
  positionals: ["path"],
  result: string(),
  examples: [{ title: "A repeated directory", params: { path: "/srv/app/srv/app/index.ts" } }],
  changes: false,
  since,
});
