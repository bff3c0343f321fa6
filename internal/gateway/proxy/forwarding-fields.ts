/**
 * Whether a forwarding field (`Forwarded`, `X-Forwarded-*`, `X-Real-IP`) must not be trusted, because it does not come
 * from a trusted proxy, or because its name is a variant. CGI and WSGI treat `X_Forwarded_For` as X-Forwarded-For, and
 * proxies pass it on. `name` is in lower case.
 */
export function isForged(name: string, isFromTrusted: boolean): boolean {
  const right = forwardingField(name);
  return right !== undefined && (!isFromTrusted || name !== right);
}

/** The forwarding field that a lower-case name may be mistaken for; undefined for any other field. */
function forwardingField(name: string): string | undefined {
  const first = name.charCodeAt(0);
  if (first !== LETTER_X && first !== LETTER_F) return undefined;
  const plain = name.replaceAll(/[^a-z\d]/g, "-");
  return plain === "forwarded" || plain === "x-real-ip" || plain.startsWith("x-forwarded") ? plain : undefined;
}

const LETTER_X = 0x78;
const LETTER_F = 0x66;
