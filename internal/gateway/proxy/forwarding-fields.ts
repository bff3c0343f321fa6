/**
 * Whether a field tells of proxies on the way (`Forwarded`, `X-Forwarded-*`, `X-Real-IP`) and is not to be believed: one that
 * no trusted proxy has sent, or that is spelled as none does. `X_Forwarded_For` is what CGI and WSGI take for the right
 * name, and a proxy passes it on. `name` is in lower case.
 */
export function isForged(name: string, isFromTrusted: boolean): boolean {
  const right = forwardingField(name);
  return right !== undefined && (!isFromTrusted || name !== right);
}

/** The name of the field of proxies that a lower-case name may be taken for; undefined where it is another field. */
function forwardingField(name: string): string | undefined {
  const first = name.charCodeAt(0);
  if (first !== LETTER_X && first !== LETTER_F) return undefined;
  const plain = name.replaceAll(/[^a-z\d]/g, "-");
  return plain === "forwarded" || plain === "x-real-ip" || plain.startsWith("x-forwarded") ? plain : undefined;
}

const LETTER_X = 0x78;
const LETTER_F = 0x66;
