import { XsysError } from "../../protocol/errors.ts";
import { tooLarge } from "./call-errors.ts";

const heads = new Map<string, string>();

/**
 * The start of a call's message, up to the value of `params`. It is the same for every call of a command, so it is
 * cached. After it come the params as JSON, `,"input":true` if input bytes follow, and `},"id":ID}`.
 */
export function commandHead(name: string): string {
  const known = heads.get(name);
  if (known !== undefined) return known;
  const [module = "", action = ""] = name.split(".");
  const head = `{"type":"CoreCommand","payload":{"module":${JSON.stringify(module)},"action":${JSON.stringify(action)},"params":`;
  heads.set(name, head);
  return head;
}

/**
 * A call's params as JSON.
 * @throws INVALID_PARAMS when they cannot be encoded, TOO_LARGE when they exceed the service's frame limit.
 */
export function paramsText(name: string, params: object, limit: number): string {
  let text: string;
  try {
    text = JSON.stringify(params);
  } catch (cause) {
    throw new XsysError("INVALID_PARAMS", `${name}: the parameters cannot be encoded as JSON`, { cause });
  }
  const refusal = tooLarge(name, text, limit);
  if (refusal !== undefined) throw refusal;
  return text;
}
