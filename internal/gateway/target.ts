/**
 * A request's target as path and query, which is how workers and routes know it; a proxy's client sends a whole URL.
 * Undefined for what is neither, such as CONNECT's host and port. Source: RFC 9112, 3.2.
 */
export function originForm(target: string): string | undefined {
  if (target.startsWith("/") || target === "*") return target;
  const [, rest] = /^https?:\/\/[^/?#]+([/?].*)?$/i.exec(target) ?? [undefined, undefined];
  if (rest === undefined) return /^https?:\/\/[^/?#]+$/i.test(target) ? "/" : undefined;
  return rest.startsWith("?") ? `/${rest}` : rest;
}
