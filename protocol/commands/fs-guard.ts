import { command } from "../contract/command.ts";
import { boolean, integer, nothing, object, optional, path, string } from "../contract/schema.ts";
import { file } from "./fs-params.ts";

const since = "0.1.0";
const holder = object({
  pid: integer({
    description: "Process that took the lock; for a one-shot command, the process that started the command.",
  }),
  host: string(),
  user: string(),
  since: integer({ unit: "unix-seconds" }),
  owner: optional(string({ description: "Name given when the lock was taken." })),
});
const key = () =>
  string({ minLength: 1, maxLength: 4096, description: "Secret from which the encryption key is derived." });
const sealed =
  "The file is encrypted with AES-256-GCM; the key is derived from the secret with scrypt. The encrypted file " +
  "replaces the original atomically, so a failure leaves the original unchanged.";

export const lock = command("fs.lock", {
  summary: "Take an advisory lock on a path.",
  description:
    "The lock is a file `<path>.lock` that names its holder. It remains until it is released with `fs.unlock`, even " +
    "if the process that took it ends. If the lock is already held, this is not an error: `locked` is false, " +
    "`holder` names the current holder, and the exit status is 0. The command fails with BUSY only if other callers " +
    "take and release the lock so often during the call that the holder cannot be determined. A symbolic link is " +
    "resolved to its target at the time of the call; if the link may be changed between lock and unlock, give the " +
    "path of its target. Two hard links of a file are two paths with separate locks.",
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
    "Any caller can release the lock, not only its holder. If the path is not locked, the command fails with " +
    "NOT_FOUND.",
  params: { path: path({ description: "Locked path." }) },
  positionals: ["path"],
  result: nothing(),
  errors: ["NOT_FOUND"],
  examples: [{ title: "Release a lock", params: { path: "locked.txt" } }],
  changes: true,
  since,
});

export const encrypt = command("fs.encrypt", {
  summary: "Encrypt a file with a secret.",
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
  summary: "Decrypt a file that was encrypted with `fs.encrypt`.",
  description:
    "The decrypted file replaces the encrypted one atomically. If the secret is wrong or the file is damaged, the " +
    "command fails with INVALID_DATA, and the file is unchanged.",
  params: { path: file(), key: key() },
  positionals: ["path"],
  result: nothing(),
  errors: ["NOT_FOUND", "IS_A_DIRECTORY", "INVALID_DATA", "NO_SPACE"],
  examples: [{ title: "Decrypt", params: { path: "sealed.txt", key: "correct horse" } }],
  changes: true,
  since,
});

export const hardwareEncrypt = command("fs.hardware-encrypt", {
  summary: "Encrypt a file with a secret and the id of this machine, so that only this machine can decrypt it.",
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
  summary: "Decrypt a file that was encrypted with `fs.hardware-encrypt` on this machine.",
  description:
    "The decrypted file replaces the encrypted one atomically. If the secret is wrong, or the file was encrypted on " +
    "another machine or is damaged, the command fails with INVALID_DATA, and the file is unchanged.",
  params: { path: file(), key: key() },
  positionals: ["path"],
  result: nothing(),
  errors: ["NOT_FOUND", "IS_A_DIRECTORY", "INVALID_DATA", "NO_SPACE", "UNSUPPORTED"],
  examples: [{ title: "Decrypt", params: { path: "sealed-here.txt", key: "correct horse" } }],
  changes: true,
  since,
});
