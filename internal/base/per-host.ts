import type { Host } from "./context.ts";

/** One value for each host: the state that a module's handlers share, made when the first of them asks for it. */
export function perHost<T>(create: (host: Host) => T): (host: Host) => T {
  const values = new WeakMap<Host, T>();
  return (host) => {
    const known = values.get(host);
    if (known !== undefined) return known;
    const value = create(host);
    values.set(host, value);
    return value;
  };
}
