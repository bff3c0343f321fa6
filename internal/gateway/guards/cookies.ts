/** The value of a cookie in a `Cookie` header. If the name occurs several times, the first one. */
export function cookieOf(header: string | undefined, name: string): string | undefined {
  if (header === undefined || !header.includes(name)) return undefined;
  for (const pair of header.split(";")) {
    const sign = pair.indexOf("=");
    if (sign > 0 && pair.slice(0, sign).trim() === name) return pair.slice(sign + 1).trim();
  }
  return undefined;
}

export interface Cookie {
  readonly name: string;
  readonly token: string;
  readonly path: string;
  readonly httpOnly: boolean;
  readonly secure: boolean;
  /** strict, lax or none; any other value omits the attribute. */
  readonly sameSite: string;
  /** Seconds; 0 for a session cookie. */
  readonly maxAge: number;
}

/** A value for `Set-Cookie`. */
export function cookieText({ name, token, path, httpOnly, secure, sameSite, maxAge }: Cookie): string {
  const parts = [`${name}=${token}`, `Path=${path}`];
  if (maxAge > 0) parts.push(`Max-Age=${Math.ceil(maxAge)}`);
  if (httpOnly) parts.push("HttpOnly");
  if (secure) parts.push("Secure");
  const policy = SAME_SITE.get(sameSite.toLowerCase());
  if (policy !== undefined) parts.push(`SameSite=${policy}`);
  return parts.join("; ");
}

const SAME_SITE = new Map([
  ["strict", "Strict"],
  ["lax", "Lax"],
  ["none", "None"],
]);
