import type { Contract } from "../../protocol/contract/command.ts";

/** A signature in the format that XyPriss's client sends. */
const SIGNATURE = "0123456789abcdef".repeat(8);

/**
 * The command line that XyPriss's asynchronous client uses for a call: `--json` first, then the positionals as they are
 * and without `--`, then the options in order. `true` becomes a flag without a value, `false` is left out, and any
 * other value is converted with String().
 */
export function xypriss(root: string, { module, action, positionals = [] }: Contract, params: object): string[] {
  const rest = new Map<string, unknown>(Object.entries(params));
  const places: string[] = [];
  for (const place of positionals) {
    const name = place.replace(/\.\.\.$/, "");
    if (!rest.has(name)) break;
    places.push(...[rest.get(name)].flat().map(String));
    rest.delete(name);
  }
  const options = [...rest].flatMap(([name, value]) => {
    const option = `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    if (value === true) return [option];
    return value === false || value === undefined ? [] : [option, String(value)];
  });
  return ["--json", "--root", root, "--signature", SIGNATURE, module, action, ...places, ...options];
}
