import { command } from "../contract/command.ts";
import { array, boolean, defaulted, integer, object, string } from "../contract/schema.ts";

const since = "0.1.0";
const text = (description: string) => string({ description, maxLength: 32_767 });
const segments = (description: string) => array(text("A segment."), { description });

export const resolve = command("path.resolve", {
  summary: "Make an absolute, normalised path of segments.",
  description:
    "Segments are taken from the root on; a later absolute segment wins. Without any, it is the root itself.",
  params: { segments: defaulted(segments("Any number of path segments."), []) },
  positionals: ["segments..."],
  result: string({ description: "An absolute path." }),
  examples: [{ title: "Where a relative path leads", params: { segments: ["src", "..", "notes.txt"] } }],
  changes: false,
  since,
});

export const join = command("path.join", {
  summary: "Join segments into one normalised path.",
  description: "The path stays relative when the first segment is.",
  params: { segments: defaulted(segments("Any number of path segments."), []) },
  positionals: ["segments..."],
  result: string(),
  examples: [{ title: "Join and normalise", params: { segments: ["a", "b", "../c"] } }],
  changes: false,
  since,
});

export const dirname = command("path.dirname", {
  summary: "The folder part of a path, as dirname(1) tells it.",
  params: { path: text("A path.") },
  positionals: ["path"],
  result: string(),
  examples: [{ title: "A trailing slash does not count", params: { path: "/a/b/" } }],
  changes: false,
  since,
});

export const basename = command("path.basename", {
  summary: "The last part of a path.",
  params: { path: text("A path."), suffix: defaulted(text("Removed from the end when it is there."), "") },
  positionals: ["path", "suffix"],
  result: string(),
  examples: [{ title: "Without its extension", params: { path: "src/app.ts", suffix: ".ts" } }],
  changes: false,
  since,
});

export const extname = command("path.extname", {
  summary: "The extension of a path, with its dot.",
  description: "Empty when there is none. A dot file without another dot is all name and has none.",
  params: { path: text("A path.") },
  positionals: ["path"],
  result: string(),
  examples: [{ title: "The last extension counts", params: { path: "backup.tar.gz" } }],
  changes: false,
  since,
});

export const relative = command("path.relative", {
  summary: "The way from one path to another.",
  description: "Relative paths are taken from the root.",
  params: { from: text("Where to start."), to: text("Where to go.") },
  positionals: ["from", "to"],
  result: string(),
  examples: [{ title: "Up and down again", params: { from: "/srv/app/src", to: "/srv/app/docs" } }],
  changes: false,
  since,
});

export const normalize = command("path.normalize", {
  summary: "Take out doubled separators, `.` and `..`.",
  params: { path: text("A path.") },
  positionals: ["path"],
  result: string(),
  examples: [{ title: "Clean a path", params: { path: "/srv//app/./src/../docs" } }],
  changes: false,
  since,
});

export const isChild = command("path.is-child", {
  summary: "Whether a path lies inside another.",
  description: "A path is not its own child. The file system is not asked; symbolic links are not followed.",
  params: { parent: text("The outer path."), child: text("The inner path.") },
  positionals: ["parent", "child"],
  result: boolean(),
  examples: [{ title: "Inside", params: { parent: "/srv/app", child: "/srv/app/src" } }],
  changes: false,
  since,
});

export const secureJoin = command("path.secure-join", {
  summary: "Join segments below a base, or refuse.",
  description:
    "The answer always lies in the base; segments that would leave it are DENIED. The file system is not asked, so a " +
    "symbolic link below the base may still lead out of it: `--confine` is the guard against those.",
  params: { base: text("The folder to stay in."), segments: defaulted(segments("Path segments."), []) },
  positionals: ["base", "segments..."],
  result: string(),
  errors: ["DENIED"],
  examples: [{ title: "Stay inside", params: { base: "/srv/uploads", segments: ["user", "..", "photo.png"] } }],
  changes: false,
  since,
});

export const metadata = command("path.metadata", {
  summary: "The parts of a path.",
  params: { path: text("A path.") },
  positionals: ["path"],
  result: object({
    dir: string({ description: "The folder part." }),
    base: string({ description: "The last part, extension included." }),
    ext: string({ description: "The extension with its dot, or empty." }),
    name: string({ description: "The last part without the extension." }),
    isAbsolute: boolean(),
  }),
  examples: [{ title: "Take a path apart", params: { path: "/srv/app/index.html" } }],
  changes: false,
  since,
});

export const toNamespaced = command("path.to-namespaced", {
  summary: "The namespaced form of a path on Windows; the path itself elsewhere.",
  params: { path: text("A path.") },
  positionals: ["path"],
  result: string(),
  examples: [{ title: "Unchanged on POSIX", params: { path: "/srv/app" } }],
  changes: false,
  since,
});

export const normalizeSeparators = command("path.normalize-separators", {
  summary: "Turn every slash and backslash into the platform's separator.",
  params: { path: text("A path.") },
  positionals: ["path"],
  result: string(),
  examples: [{ title: "From Windows", params: { path: "src\\app\\index.ts" } }],
  changes: false,
  since,
});

export const commonBase = command("path.common-base", {
  summary: "The deepest folder that holds all the paths.",
  description:
    "Of one path it is the folder the path lies in. Relative paths give a relative base, `.` when they share none.",
  params: { paths: array(text("A path."), { minItems: 1, description: "Paths, all absolute or all relative." }) },
  positionals: ["paths..."],
  result: string(),
  examples: [{ title: "Three files in sibling folders", params: { paths: ["/a/b/x.ts", "/a/c/y.ts", "/a/d/z.ts"] } }],
  changes: false,
  since,
});

export const isAbsolute = command("path.is-absolute", {
  summary: "Whether a path is absolute.",
  params: { path: text("A path.") },
  positionals: ["path"],
  result: boolean(),
  examples: [{ title: "A relative one", params: { path: "src/app.ts" } }],
  changes: false,
  since,
});

export const correct = command("path.correct", {
  summary: "Normalize a path and remove a directly repeated run of segments.",
  description:
    "The path is normalized first: `/a//b/./c/` becomes `/a/b/c`. `/srv/app/srv/app/x` becomes `/srv/app/x`. Each pass removes one repeated run, the longest first; with `verify` only " +
    "if the shorter path exists.",
  params: {
    path: text("A path."),
    tentative: defaulted(integer({ minimum: 0, maximum: 1000, description: "Passes at the most." }), 4),
    verify: defaulted(boolean({ description: "Take a step only when the shorter path exists." }), false),
  },
  positionals: ["path"],
  result: string(),
  examples: [{ title: "A folder said twice", params: { path: "/srv/app/srv/app/index.ts" } }],
  changes: false,
  since,
});
