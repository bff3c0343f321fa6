import { isAbsolute, relative, sep } from "node:path";

/** Whether an absolute path lies strictly inside another: `/a/..b` is inside `/a`, `/a` itself is not. */
export function isInside(parent: string, child: string): boolean {
  const way = relative(parent, child);
  return way !== "" && way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
