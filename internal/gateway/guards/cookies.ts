/** A cookie's value in a `Cookie` header; of several of the name the first. */
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
  /** strict, lax or none; anything else leaves it to the browser. */
  readonly sameSite: string;
  /** Seconds; 0 for as long as the browser runs. */
  readonly maxAge: number;
}

/** A line of `Set-Cookie`. */
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
