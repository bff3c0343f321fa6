import { createHash } from "node:crypto";

/** Names something in a path whose length is limited, such as that of a socket: 10 hexadecimal digits. */
export function shortHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 10);
}
