import { path, string } from "../contract/schema.ts";

/** The `path` parameter of a command that acts on one file. */
export const file = () => path({ description: "Path of the file." });

/** A mode as octal text: `755`, `0600`, `0o644`. */
export const octal = (description: string) => string({ pattern: "^(0o?)?[0-7]{1,4}$", description });
