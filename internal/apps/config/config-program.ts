/**
 * Program in plain JavaScript that loads a configuration and writes its value, or its error, as JSON to descriptor 3.
 * It is given to Node as a text, because the single executable has no file for it. Arguments: the file, the name of the
 * environment.
 */
export const CONFIG_PROGRAM = String.raw`
import { closeSync, realpathSync, writeSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [file, envName] = process.argv.slice(1);
try {
  send({ value: await valueOf(await import(pathToFileURL(file).href)) });
} catch (error) {
  send({ error: describe(error) });
}

async function valueOf(module) {
  let value = "default" in module ? module.default : { ...module };
  if (value?.__esModule && "default" in value) value = value.default;
  if (typeof value === "function") value = value({ env: process.env, envName: envName || undefined });
  value = await value;
  if (typeof value !== "object" || value === null) throw new Error("it exports no object and no list");
  return value;
}

/** JSON has no functions, sets and so on, and would leave them out silently. */
function asJson(message) {
  return JSON.stringify(message, function (name, value) {
    if (value instanceof RegExp) return value.source;
    const isLeftOut =
      ["function", "symbol", "bigint"].includes(typeof value) ||
      value instanceof Map || value instanceof Set || value instanceof Promise ||
      (typeof value === "number" && !Number.isFinite(value));
    if (isLeftOut) throw new Error('the value of "' + name + '" cannot be part of a configuration');
    return value;
  });
}

function send(message) {
  let bytes;
  try {
    bytes = Buffer.from(asJson(message));
  } catch (error) {
    bytes = Buffer.from(asJson({ error: describe(error) }));
  }
  for (let sent = 0; sent < bytes.length; ) {
    try {
      sent += writeSync(3, bytes, sent);
    } catch (error) {
      if (error.code !== "EAGAIN") throw error;
    }
  }
  closeSync(3); // what the configuration does at the exit of its process is not waited for
  process.exit();
}

function describe(error) {
  const message = String(error?.message ?? error).split("\n")[0];
  const place = placeIn(String(error?.stack ?? ""));
  return { message: (place ? message + " (line " + place + ")" : message).slice(0, 2000), code: error?.code };
}

/** Line and column in the file, from a stack, or from the head that Node puts before a syntax error. */
function placeIn(stack) {
  const real = realpathSync(file);
  for (const name of [pathToFileURL(real).href, real, file]) {
    const start = stack.indexOf(name + ":");
    if (start >= 0) return /^\d+(?::\d+)?/.exec(stack.slice(start + name.length + 1))?.[0];
  }
}
`;
