import { env } from "../../../protocol/commands/sys.ts";
import { XsysError } from "../../../protocol/errors.ts";
import { handle } from "../../base/handler.ts";

export default handle(env, ({ name }) => {
  if (name === undefined) return { ...process.env } as Record<string, string>;
  // process.env inherits from Object, so process.env.toString is a function.
  const value = Object.hasOwn(process.env, name) ? process.env[name] : undefined;
  if (value !== undefined) return { [name]: value };
  throw new XsysError("NOT_FOUND", `sys.env: there is no environment variable ${name}`, { details: { name } });
});
