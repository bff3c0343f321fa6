import { path, string } from "../contract/schema.ts";

/** A parameter that is the file a command is about. */
export const file = () => path({ description: "The file." });

/** A mode as octal text: `755`, `0600`, `0o644`. */
export const octal = (description: string) => string({ pattern: "^(0o?)?[0-7]{1,4}$", description });
