import { Ajv } from "ajv";
import { oneShotHost } from "../../internal/one-shot-host.ts";
import { Router } from "../../internal/router.ts";
import { type CommandName, contractsByName } from "../../protocol/commands/index.ts";
import type { Way } from "./three-ways.ts";

const ajv = new Ajv({ keywords: ["x-unit", "x-path"], allErrors: true, allowUnionTypes: true });

/** The handler, called through the router in this process. */
export const callInProcess: Way = async (root, name, params, { input, confined = false }) => {
  const defects: unknown[] = [];
  const host = oneShotHost({ root, confined, logDefect: (error) => defects.push(error) });
  const output: Uint8Array[] = [];
  try {
    const result = await new Router(host).call(name, params, {
      signal: new AbortController().signal,
      input: asStream(input),
      output: { write: async (bytes) => void output.push(bytes) },
      callerPid: process.pid,
    });
    checkResult(name, result);
    return { result, output: Buffer.concat(output) };
  } catch (error) {
    if (defects.length > 0) throw defects[0];
    throw error;
  } finally {
    await host.tasks.close();
  }
};

async function* asStream(input: string | Uint8Array = ""): AsyncGenerator<Uint8Array> {
  yield Buffer.from(input);
}

/** Fails when a result is not what the contract promises. */
export function checkResult(name: CommandName, result: unknown): void {
  const schema = contractsByName.get(name)?.result ?? false;
  const validate = ajv.compile(schema);
  if (!validate(result))
    throw new Error(`${name} answered ${JSON.stringify(result)}: ${ajv.errorsText(validate.errors)}`);
}
