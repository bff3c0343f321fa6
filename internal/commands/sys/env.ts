import { env } from "../../../protocol/commands/sys.ts";
import { XsysError } from "../../../protocol/errors.ts";
import { handle } from "../../base/handler.ts";

export default handle(env, ({ name }, { host }) => {
  if (name === undefined) return { ...host.env } as Record<string, string>;
  // process.env inherits from Object, so process.env.toString is a function.
  const value = Object.hasOwn(host.env, name) ? host.env[name] : undefined;
  if (value !== undefined) return { [name]: value };
  throw new XsysError("NOT_FOUND", `sys.env: there is no environment variable ${name}`, { details: { name } });
});
