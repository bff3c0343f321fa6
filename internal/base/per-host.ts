import type { Host } from "./context.ts";

/** State per host that is shared by a module's handlers. It is created at first use. */
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
