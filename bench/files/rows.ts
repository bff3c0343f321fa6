import { cp, rm } from "node:fs/promises";
import type { CommandName } from "../../protocol/commands/index.ts";
import type { Words } from "./program.ts";
import { NEEDLE, type Places } from "./scene.ts";

/** A command of xsys, and the programs that do the same. */
export interface Row {
  readonly title: string;
  readonly command: CommandName;
  readonly params: (places: Places) => object;
  /** The same call as command-line arguments. */
  readonly words: (places: Places) => string[];
  readonly peers: (places: Places) => Readonly<Record<string, Words>>;
  readonly goal: { readonly contender: string; readonly atMost: number };
  readonly before?: (places: Places) => Promise<void>;
  readonly after?: (places: Places) => Promise<void>;
}

const copyTree = ({ tree, made }: Places) => cp(tree, made, { recursive: true });
const removeMade = ({ made }: Places) => rm(made, { recursive: true, force: true });

export const ROWS: readonly Row[] = [
  {
    title: "Hash: SHA-256 of the large file",
    command: "fs.hash",
    params: ({ file }) => ({ path: file }),
    words: ({ file }) => ["fs", "hash", file],
    peers: ({ file }) => ({ openssl: ["openssl", "dgst", "-sha256", file], sha256sum: ["sha256sum", file] }),
    goal: { contender: "openssl", atMost: 1 },
  },
  {
    title: "List: the tree with stats",
    command: "fs.ls",
    params: ({ tree }) => ({ path: tree, recursive: true, stats: true }),
    words: ({ tree }) => ["fs", "ls", tree, "--recursive", "--stats"],
    peers: ({ tree }) => ({
      find: ["find", tree, "-printf", "%P %y %s %m %T@ %A@ %C@\\n"],
      "ls -lR": ["ls", "-lR", tree],
    }),
    goal: { contender: "find", atMost: 1 },
  },
  {
    title: "du: the size of the tree",
    command: "fs.du",
    params: ({ tree }) => ({ path: tree }),
    words: ({ tree }) => ["fs", "du", tree],
    peers: ({ tree }) => ({ "du -s": ["du", "-s", tree] }),
    goal: { contender: "du -s", atMost: 1.1 },
  },
  {
    title: "grep: a literal text in the tree",
    command: "search.grep",
    params: ({ tree }) => ({ path: tree, pattern: NEEDLE, literal: true }),
    words: ({ tree }) => ["search", "grep", tree, NEEDLE, "--literal"],
    peers: ({ tree }) => ({
      ripgrep: ["rg", "-uu", "-F", "-n", NEEDLE, tree],
      "grep -r": ["grep", "-rFn", NEEDLE, tree],
    }),
    goal: { contender: "ripgrep", atMost: 1 },
  },
  {
    title: "Duplicates in the tree",
    command: "fs.dedupe",
    params: ({ tree }) => ({ path: tree }),
    words: ({ tree }) => ["fs", "dedupe", tree],
    peers: ({ tree }) => ({ jdupes: ["jdupes", "-rq", tree], "jdupes -Q": ["jdupes", "-rqQ", tree] }),
    goal: { contender: "jdupes", atMost: 1 },
  },
  {
    title: "Copy the tree",
    command: "fs.copy",
    params: ({ tree, made }) => ({ src: tree, dest: made }),
    words: ({ tree, made }) => ["fs", "copy", tree, made],
    peers: ({ tree, made }) => ({ "cp -r": ["cp", "-r", tree, made] }),
    goal: { contender: "cp -r", atMost: 0.6 },
    after: removeMade,
  },
  {
    title: "Remove a copy of the tree",
    command: "fs.rm",
    params: ({ made }) => ({ path: made }),
    words: ({ made }) => ["fs", "rm", made],
    peers: ({ made }) => ({ "rm -rf": ["rm", "-rf", made] }),
    goal: { contender: "rm -rf", atMost: 1.1 },
    before: copyTree,
  },
  {
    title: "tar and gzip the tree",
    command: "archive.tar",
    params: ({ tree, made }) => ({ dir: tree, output: made, format: "gzip" }),
    words: ({ tree, made }) => ["archive", "tar", "--dir", tree, "--output", made, "--format", "gzip"],
    peers: ({ tree, made }) => ({ "tar czf": ["tar", "-C", tree, "-czf", made, "."] }),
    goal: { contender: "tar czf", atMost: 1 },
    after: removeMade,
  },
];
