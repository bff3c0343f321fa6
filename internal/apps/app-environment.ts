import { resolve } from "node:path";
import { XsysError } from "../../protocol/errors.ts";
import { clipped } from "../../protocol/suggest.ts";
import type { AppEnvironment } from "../keeper/app-spec.ts";
import { readEnvironmentFile } from "../processes/environment-file.ts";
import type { AppDefinition } from "./app-definition.ts";
import { baseEnvironment } from "./base-environment.ts";
import { mustBe } from "./quantities.ts";

/** Bytes of an environment. The kernel's own limit depends on the stack limit and includes the arguments: execve(2). */
const MAX_SIZE = 1024 ** 2;
/** Bytes of one variable with its name: MAX_ARG_STRLEN of Linux. A longer one would make each start fail with E2BIG. */
const MAX_VARIABLE = 131_072;

/**
 * The layers of an app's environment, and the variables that result from them today.
 * @throws INVALID_PARAMS, TOO_LARGE, and the errors of reading the environment file
 */
export async function appEnvironment(
  { env: own, envFile }: Pick<AppDefinition, "env" | "envFile">,
  { env, cwd }: { readonly env: Readonly<Record<string, string | undefined>>; readonly cwd: string },
): Promise<{ readonly environment: AppEnvironment; readonly merged: Readonly<Record<string, string>> }> {
  const file = envFile === undefined ? undefined : resolve(cwd, envFile);
  const environment = {
    base: baseEnvironment(env),
    ...(file !== undefined && { file }),
    own: ownVariables(own ?? {}),
  };
  const merged = {
    ...environment.base,
    ...(file === undefined ? {} : await readEnvironmentFile(file)),
    ...environment.own,
  };
  refuseTooLarge(merged);
  return { environment, merged };
}

function ownVariables(variables: NonNullable<AppDefinition["env"]>): Record<string, string> {
  const entries = Object.entries(variables).map(([name, value]) => {
    if (name === "" || /[=\0]/.test(name)) throw mustBe("env", "an object with valid names of variables", name);
    if (!["string", "number", "boolean"].includes(typeof value)) {
      throw mustBe(`env.${clipped(name)}`, "a text, a number, true or false", typeof value);
    }
    const text = String(value);
    if (text.includes("\0"))
      throw new XsysError("INVALID_PARAMS", `env.${clipped(name)} must not contain a NUL character`);
    return [name, text] as const;
  });
  return Object.fromEntries(entries);
}

function refuseTooLarge(variables: Readonly<Record<string, string>>): void {
  let size = 0;
  for (const [name, value] of Object.entries(variables)) {
    const bytes = Buffer.byteLength(name) + Buffer.byteLength(value) + 2; // with = and NUL
    if (bytes > MAX_VARIABLE) {
      throw new XsysError(
        "TOO_LARGE",
        `the environment variable ${clipped(name)} is larger than ${MAX_VARIABLE} bytes`,
      );
    }
    size += bytes;
  }
  if (size > MAX_SIZE) throw new XsysError("TOO_LARGE", `the environment has ${size} bytes; the limit is ${MAX_SIZE}`);
}
