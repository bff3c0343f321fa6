import { command } from "../contract/command.ts";
import { boolean, integer, nothing, object, optional, path, string } from "../contract/schema.ts";
import { file } from "./fs-params.ts";

const since = "0.1.0";
const holder = object({
  pid: integer({ description: "The process that asked; of a one-shot command, the one that started it." }),
  host: string(),
  user: string(),
  since: integer({ unit: "unix-seconds" }),
  owner: optional(string({ description: "As given when it was taken." })),
});
const key = () => string({ minLength: 1, maxLength: 4096, description: "The secret." });
const sealed =
  "AES-256-GCM; the key is derived with scrypt. The file is replaced in one step, so a failure leaves it as it was.";

export const lock = command("fs.lock", {
  summary: "Take an advisory lock on a path.",
  description:
    "The lock is a file `<path>.lock` that names its holder and stays until `fs.unlock`, whatever happens to the process. When " +
    "it is held already, `locked` is false and `holder` tells by whom. A symbolic link stands for what it leads to at that moment: " +
    "where it may be swapped meanwhile, lock and unlock its target. Two hard links of a file are two paths, with a lock each.",
  params: {
    path: path({ description: "What to lock; it need not exist." }),
    owner: optional(string({ maxLength: 200, description: "A name for the holder." })),
  },
  positionals: ["path"],
  result: object({ locked: boolean({ description: "Whether it was taken now." }), holder }),
  errors: ["BUSY", "NOT_A_DIRECTORY"],
  examples: [{ title: "Take a lock", params: { path: "notes.txt", owner: "nightly job" } }],
  changes: true,
  since,
});

export const unlock = command("fs.unlock", {
  summary: "Give a lock back.",
  params: { path: path({ description: "What was locked." }) },
  positionals: ["path"],
  result: nothing(),
  errors: ["NOT_FOUND"],
  examples: [{ title: "Give it back", params: { path: "locked.txt" } }],
  changes: true,
  since,
});

export const encrypt = command("fs.encrypt", {
  summary: "Encrypt a file in place with a secret.",
  description: sealed,
  params: { path: file(), key: key() },
  positionals: ["path"],
  result: nothing(),
  errors: ["NOT_FOUND", "IS_A_DIRECTORY", "NO_SPACE", "TOO_LARGE"],
  examples: [{ title: "Encrypt", params: { path: "notes.txt", key: "correct horse" } }],
  changes: true,
  since,
});

export const decrypt = command("fs.decrypt", {
  summary: "Decrypt a file that `fs.encrypt` made, in place.",
  description: "A wrong secret, or a damaged file, is INVALID_DATA and leaves the file as it was.",
  params: { path: file(), key: key() },
  positionals: ["path"],
  result: nothing(),
  errors: ["NOT_FOUND", "IS_A_DIRECTORY", "INVALID_DATA", "NO_SPACE"],
  examples: [{ title: "Decrypt", params: { path: "sealed.txt", key: "correct horse" } }],
  changes: true,
  since,
});

export const hardwareEncrypt = command("fs.hardware-encrypt", {
  summary: "Encrypt a file in place, bound to a secret and to this machine.",
  description: `${sealed} The machine's id goes into the key: on another machine the right secret fails too.`,
  params: { path: file(), key: key() },
  positionals: ["path"],
  result: nothing(),
  errors: ["NOT_FOUND", "IS_A_DIRECTORY", "NO_SPACE", "TOO_LARGE", "UNSUPPORTED"],
  examples: [{ title: "Encrypt", params: { path: "notes.txt", key: "correct horse" } }],
  changes: true,
  since,
});

export const hardwareDecrypt = command("fs.hardware-decrypt", {
  summary: "Decrypt a file that `fs.hardware-encrypt` made on this machine, in place.",
  description: "A wrong secret, another machine, or a damaged file is INVALID_DATA and leaves the file as it was.",
  params: { path: file(), key: key() },
  positionals: ["path"],
  result: nothing(),
  errors: ["NOT_FOUND", "IS_A_DIRECTORY", "INVALID_DATA", "NO_SPACE", "UNSUPPORTED"],
  examples: [{ title: "Decrypt", params: { path: "sealed-here.txt", key: "correct horse" } }],
  changes: true,
  since,
});
