/** What is shown in place of a secret. Its length says nothing about the secret's. */
export const MASKED = "********";

/**
 * The variables of an environment for people to see: values that are secret by their name or by their form are masked.
 * Empty values and switches (`true`, `false`, one digit) are shown, because they cannot be secret.
 */
export function maskEnvironment(env: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(env).map(([name, value]) => [name, maskVariable(name, value)]));
}

/** The value of one variable for people to see. */
export function maskVariable(name: string, value: string): string {
  if (/^(?:|true|false|\d)$/i.test(value)) return value;
  return isSecretName(name) ? MASKED : maskSecrets(value);
}

/** The words of a command for people to see: the values of `--password=x` and `--token x` are masked, too. */
export function maskArguments(words: readonly string[]): string[] {
  return words.map((word, index) => {
    const [, option, value] = /^(--?[\w.-]+)=(.*)$/s.exec(word) ?? [];
    if (option !== undefined && value !== undefined) return `${option}=${maskVariable(option, value)}`;
    const before = words[index - 1] ?? "";
    return /^--[\w.-]+$/.test(before) && !word.startsWith("-") ? maskVariable(before, word) : maskSecrets(word);
  });
}

/**
 * Whether the name of a variable says that its value is secret: `DB_PASSWORD`, `apiKey`, `AWS_SECRET_ACCESS_KEY`. The
 * name is read in words, so that `MONKEY` and `KEYBOARD` do not count. Files and public keys are not secret.
 */
export function isSecretName(name: string): boolean {
  const words = wordsOf(name);
  const [last = ""] = words.slice(-1);
  if (PUBLIC.has(last) || words.includes("PUBLIC") || words.includes("PUBLISHABLE")) return false;
  return words.some((word) => SECRET.has(word)) || SECRET_ENDING.test(words.join(""));
}

/**
 * A text without the secrets that are recognizable in it: passwords in URLs, private keys, tokens of known services,
 * JSON Web Tokens, and long random words.
 */
export function maskSecrets(text: string): string {
  const shown = PATTERNS.reduce((rest, [pattern, replacement]) => rest.replaceAll(pattern, replacement), text);
  return shown.replaceAll(LONG_WORD, (word) => (isRandom(word) ? MASKED : word));
}

/** `apiKey`, `API_KEY` and `api-key` have the same words. */
function wordsOf(name: string): string[] {
  return name
    .replaceAll(/([a-z\d])([A-Z])/g, "$1_$2")
    .toUpperCase()
    .split(/[^A-Z\d]+/)
    .filter(Boolean);
}

const SECRET: ReadonlySet<string> = new Set([
  ...["PASSWORD", "PASSWD", "PASSPHRASE", "PASS", "PWD", "PW", "SECRET", "SECRETS", "TOKEN", "TOKENS", "KEY", "KEYS"],
  ...[
    "APIKEY",
    "CREDENTIAL",
    "CREDENTIALS",
    "CREDS",
    "AUTH",
    "COOKIE",
    "SALT",
    "SIGNATURE",
    "DSN",
    "PIN",
    "OTP",
    "JWT",
  ],
]);
/** Names without separators, such as DBPASSWORD and MYAPIKEY. */
const SECRET_ENDING = /(?:PASSWORD|PASSWD|SECRET|TOKEN|APIKEY|ACCESSKEY|PRIVATEKEY|SECRETKEY|CREDENTIALS?)$/;
/** Last words of names whose value only says where or how: SSH_AUTH_SOCK, SECRET_NAME, TOKEN_TTL. */
const PUBLIC: ReadonlySet<string> = new Set([
  ...["FILE", "PATH", "DIR", "FOLDER", "SOCK", "SOCKET", "NAME", "HOST", "PORT", "TYPE", "METHOD", "ALGORITHM"],
  ...["TTL", "EXPIRY", "EXPIRES", "LENGTH", "SIZE", "ROUNDS", "ENABLED", "ENDPOINT", "HEADER", "REGION"],
]);

/** Repetitions are bounded, so that the time for a text is proportional to its length. */
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  // user:password@ and :password@ of a URL; the password may contain an @
  [/([a-z][a-z\d+.-]{0,19}:\/\/[^\s:/@?#]{0,256}):[^\s/?#]{1,1024}@/gi, `$1:${MASKED}@`],
  [/-----BEGIN [A-Z ]{0,32}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]{0,32}PRIVATE KEY-----|$)/g, MASKED],
  [/([?&;][\w-]{0,64}(?:password|passwd|secret|token|key|signature|credential)=)[^&;\s]+/gi, `$1${MASKED}`],
  [/\b(Bearer|Basic)\s{1,8}[\w.~+/=-]{8,}/gi, `$1 ${MASKED}`],
  [/(?<![\w-])eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?/g, MASKED], // a JSON Web Token
  [
    /(?<![\w-])(?:gh[pousr]_|github_pat_|glpat-|xox[abposr]-|sk-|sk_live_|sk_test_|rk_live_|npm_|pypi-)[\w-]{10,}/g,
    MASKED,
  ],
  [/\b(?:AKIA|ASIA)[A-Z\d]{16}\b/g, MASKED],
];

/** A word that may be a token; not a part of a path, a URL or an address. */
const LONG_WORD = /(?<![\w+=/.:-])[\w+=-]{32,}(?![\w+=/.:-])/g;

/**
 * Whether a word is random rather than chosen by people: a hexadecimal number, or a word that changes between capitals,
 * small letters and digits at one of five characters at least. In random base64 text three of five do. A word without a
 * digit must have as many capitals as random text, which `namesLikeThisOne` do not. UUIDs identify things and are shown.
 */
function isRandom(word: string): boolean {
  if (/^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(word)) return false;
  if (!/[a-z]/i.test(word)) return false;
  const hasDigit = /\d/.test(word);
  if (hasDigit && /^[\da-f]+$/i.test(word)) return true;
  return word.matchAll(CHANGE).toArray().length >= word.length / 5 && (hasDigit || hasCapitalsOfRandomText(word));
}

const CHANGE = /[a-z](?=[A-Z\d])|[A-Z](?=[a-z\d])|\d(?=[A-Za-z])/g;

function hasCapitalsOfRandomText(word: string): boolean {
  const capitals = word.replaceAll(/[^A-Z]/g, "").length;
  const letters = word.replaceAll(/[^A-Za-z]/g, "").length;
  return capitals >= letters * 0.3 && capitals <= letters * 0.7;
}
