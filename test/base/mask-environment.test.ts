import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { MASKED, maskArguments, maskEnvironment, maskSecrets } from "../../internal/base/mask-environment.ts";

describe("by name", () => {
  test.each([
    ..."DB_PASSWORD PGPASSWORD dbPassword MYSQL_PWD API_KEY apiKey MYAPIKEY AWS_SECRET_ACCESS_KEY GITHUB_TOKEN".split(
      " ",
    ),
    ..."SESSION_SECRET GOOGLE_CREDENTIALS JWT_KEY SENTRY_DSN HTTP_AUTH COOKIE_SALT secret-key STRIPE_KEYS".split(" "),
  ])("%s is masked", (name) => {
    expect(maskEnvironment({ [name]: "hunter2" })).toEqual({ [name]: MASKED });
  });

  test.each([
    ..."PATH MONKEY KEYBOARD PASSENGER COMPASS AUTHOR TOKENIZER SSH_AUTH_SOCK SSL_KEY_FILE SECRET_NAME TOKEN_TTL".split(
      " ",
    ),
    ..."STRIPE_PUBLISHABLE_KEY PUBLIC_KEY NODE_ENV PIANO".split(" "),
  ])("%s is shown", (name) => {
    expect(maskEnvironment({ [name]: "hunter2" })).toEqual({ [name]: "hunter2" });
  });

  test("an empty value and a switch are shown", () => {
    const env = { PASSWORD: "", USE_TOKEN: "true", REQUIRE_AUTH: "1" };
    expect(maskEnvironment(env)).toEqual(env);
  });
});

test("options of a command are masked like variables", () => {
  const words = ["node", "app.js", "--db-password=hunter2", "--api-token", "abc", "--verbose", "x", "-k=1", "--key"];
  expect(maskArguments(words)).toEqual([
    ...["node", "app.js", `--db-password=${MASKED}`, "--api-token", MASKED, "--verbose", "x", "-k=1", "--key"],
  ]);
});

describe("by form", () => {
  test.each([
    ["postgres://app:hunter2@db:5432/app", `postgres://app:${MASKED}@db:5432/app`],
    ["redis://:p@ss@cache/0", `redis://:${MASKED}@cache/0`],
    ["https://example.com/?a=1&access_token=abc&b=2", `https://example.com/?a=1&access_token=${MASKED}&b=2`],
    ["-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----\n", `${MASKED}\n`],
    ["-----BEGIN PRIVATE KEY-----\ncut off", MASKED],
    ["Authorization: Bearer abcdefghij", `Authorization: Bearer ${MASKED}`],
    ["eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dozjgNryP4J3jVmN", MASKED],
    [`x ghp_${"a".repeat(36)} y`, `x ${MASKED} y`],
    ["AKIAIOSFODNN7EXAMPLE", MASKED],
    ["3f786850e387550fdab836ed7e6dc881de23001b", MASKED],
    ["BHrdSIHSkkcK_qEMeIyTPltGciiWgxfCnfybVnFm_Ws", MASKED], // no digit
  ])("%j becomes %j", (text, shown) => {
    expect(maskSecrets(text)).toBe(shown);
  });

  test.each([
    "/usr/local/bin:/usr/bin:/home/somebody1/node_modules/.bin",
    "https://example.com:8443/path",
    "--max-old-space-size=512 --enable-source-maps",
    "a-rather-long-name-of-a-service-2",
    "application-with-words-and-no-digits",
    "aNameOfManyWordsThatOnlyCapitalsSeparate",
    "A_NAME_OF_MANY_WORDS_IN_CAPITALS_ONLY",
    "2026-11-30T17:00:00.000Z",
    "f81d4fae-7dec-41d0-a765-00a0c91e6bf6",
  ])("%j is shown", (text) => {
    expect(maskSecrets(text)).toBe(text);
  });

  test("random tokens of every encoding are masked", () => {
    for (let number = 0; number < 2_000; number++) {
      for (const encoding of ["hex", "base64url"] as const) {
        const token = createHash("sha256").update(`token ${number}`).digest(encoding);
        expect(maskSecrets(`id ${token} end`), token).toBe(`id ${MASKED} end`);
      }
    }
  });

  test("a long text is read in linear time", () => {
    const begun = performance.now();
    for (const part of [
      "a",
      "a:",
      "https://",
      "-----BEGIN PRIVATE KEY-----",
      "eyJaaaaaaaa.",
      "?key",
      "Bearer ",
      "-eyJ",
      "a/+",
    ]) {
      maskSecrets(part.repeat(131_072 / part.length));
    }
    expect(performance.now() - begun).toBeLessThan(5_000);
  });
});
