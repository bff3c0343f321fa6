import { command } from "../contract/command.ts";
import { boolean, integer, nothing, object, optional, path, string } from "../contract/schema.ts";
import { file } from "./fs-params.ts";

const since = "0.1.0";
const holder = object({
  pid: integer({ description: "Process that took the lock; for a one-shot command, the process that started it." }),
  host: string(),
  user: string(),
  since: integer({ unit: "unix-seconds" }),
  owner: optional(string({ description: "Name given when the lock was taken." })),
});
const key = () => string({ minLength: 1, maxLength: 4096, description: "Secret from which the key is derived." });
const sealed =
  "AES-256-GCM; the key is derived with scrypt. The file is replaced atomically, so a failure leaves it unchanged.";

export const lock = command("fs.lock", {
  summary: "Take an advisory lock on a path.",
  description:
    "The lock is a file `<path>.lock` that names its holder. It stays until `fs.unlock`, even if the process ends. " +
    "If the lock is already held, this is not an error: `locked` is false, `holder` names the current holder, and " +
    "the exit status is 0. The command fails with BUSY only if other callers keep taking and releasing the lock " +
    "meanwhile. A symbolic link is resolved to its target at the time of the call; if the link may be changed " +
    "between lock and unlock, give the path of its target. Two hard links of a file are two paths with separate " +
    "locks.",
  params: {
    path: path({ description: "Path to lock; it does not have to exist." }),
    owner: optional(string({ maxLength: 200, description: "Name of the holder." })),
  },
  positionals: ["path"],
  result: object({ locked: boolean({ description: "Whether this call took the lock." }), holder }),
  errors: ["BUSY", "NOT_A_DIRECTORY"],
  examples: [{ title: "Take a lock", params: { path: "notes.txt", owner: "nightly job" } }],
  changes: true,
  since,
});

export const unlock = command("fs.unlock", {
  summary: "Release a lock.",
  description:
    "The lock is released whoever holds it: the caller is not compared with the holder. A path that is not locked " +
    "fails with NOT_FOUND.",
  params: { path: path({ description: "Locked path." }) },
  positionals: ["path"],
  result: nothing(),
  errors: ["NOT_FOUND"],
  examples: [{ title: "Release a lock", params: { path: "locked.txt" } }],
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
  summary: "Decrypt in place a file that was encrypted with `fs.encrypt`.",
  description: "A wrong secret or a damaged file fails with INVALID_DATA and leaves the file unchanged.",
  params: { path: file(), key: key() },
  positionals: ["path"],
  result: nothing(),
  errors: ["NOT_FOUND", "IS_A_DIRECTORY", "INVALID_DATA", "NO_SPACE"],
  examples: [{ title: "Decrypt", params: { path: "sealed.txt", key: "correct horse" } }],
  changes: true,
  since,
});

export const hardwareEncrypt = command("fs.hardware-encrypt", {
  summary:
    "Encrypt a file in place with a secret and the id of this machine, so that only this machine can decrypt it.",
  description: `${sealed} On another machine, decryption fails even with the right secret.`,
  params: { path: file(), key: key() },
  positionals: ["path"],
  result: nothing(),
  errors: ["NOT_FOUND", "IS_A_DIRECTORY", "NO_SPACE", "TOO_LARGE", "UNSUPPORTED"],
  examples: [{ title: "Encrypt", params: { path: "notes.txt", key: "correct horse" } }],
  changes: true,
  since,
});

export const hardwareDecrypt = command("fs.hardware-decrypt", {
  summary: "Decrypt in place a file that was encrypted with `fs.hardware-encrypt` on this machine.",
  description:
    "A wrong secret, another machine or a damaged file fails with INVALID_DATA and leaves the file unchanged.",
  params: { path: file(), key: key() },
  positionals: ["path"],
  result: nothing(),
  errors: ["NOT_FOUND", "IS_A_DIRECTORY", "INVALID_DATA", "NO_SPACE", "UNSUPPORTED"],
  examples: [{ title: "Decrypt", params: { path: "sealed-here.txt", key: "correct horse" } }],
  changes: true,
  since,
});
