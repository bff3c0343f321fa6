import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

const RANDOM_BYTES = 18;
/** A token is 24 random characters, a dot, and 43 characters of signature, all base64url. */
const FORM = /^[\w-]{24}\.[\w-]{43}$/;

/** Tokens signed with HMAC-SHA-256. */
export class CsrfTokens {
  readonly #secret: string | Buffer;

  constructor(secret: string | Buffer) {
    this.#secret = secret;
  }

  create(): string {
    const random = randomBytes(RANDOM_BYTES).toString("base64url");
    return `${random}.${this.#signatureOf(random)}`;
  }

  isOurs(token: string): boolean {
    return FORM.test(token) && this.isSame(token.slice(25), this.#signatureOf(token.slice(0, 24)));
  }

  /** Compares in constant time. */
  isSame(one: string, other: string | undefined): boolean {
    if (other === undefined || one.length !== other.length) return false;
    const [first, second] = [Buffer.from(one), Buffer.from(other)];
    return first.length === second.length && timingSafeEqual(first, second);
  }

  #signatureOf(random: string): string {
    return createHmac("sha256", this.#secret).update(random).digest("base64url");
  }
}
