import { fileURLToPath } from "node:url";

/** The project's folder, with a trailing separator. */
export const HOME = fileURLToPath(new URL("..", import.meta.url));
