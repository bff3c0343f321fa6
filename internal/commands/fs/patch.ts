import { patch } from "../../../protocol/commands/fs-write.ts";
import type { ParamsTaken } from "../../../protocol/contract/command.ts";
import { XsysError } from "../../../protocol/errors.ts";
import type { Context } from "../../base/context.ts";
import { handle } from "../../base/handler.ts";
import { replaceFile } from "../../files/replace-file.ts";
import { refuseIrregular } from "./shared/refuse-irregular.ts";
import type { Replaced } from "./shared/replaced.ts";

/**
 * An expression with catastrophic backtracking cannot be distinguished from a slow one. A 400 MB log takes less than a
 * second.
 */
const EXPRESSION_MILLISECONDS = 3_000;

export default handle(patch, async (params, context) => {
  await refuseIrregular("fs.patch", params.path);
  const { replacements, contents } = await find(params, context);
  if (contents === undefined) return { changed: false, replacements };
  await replaceFile(params.path, [contents]);
  return { changed: true, replacements };
});

type PatchParams = ParamsTaken<typeof patch>;

async function find(params: PatchParams, context: Context): Promise<Replaced> {
  const { path, search, replace, mode } = params;
  const { host, signal } = context;
  if (mode === "regex") return findExpression(params, context);
  const found = await host.tasks.run("replace-literal", { path, search, replace, limit: host.maxResult }, { signal });
  const settled = mode === "literal" || found.replacements > 0 || !readsAsExpression(params);
  return settled ? found : findExpression(params, context);
}

function readsAsExpression({ search, flags }: PatchParams): boolean {
  return /[\\^$.*+?()[\]{}|]/.test(search) && faultOf(search, flags) === undefined;
}

async function findExpression({ path, search, replace, flags }: PatchParams, { host, signal }: Context) {
  const fault = faultOf(search, flags);
  if (fault !== undefined) {
    throw new XsysError("INVALID_PARAMS", `fs.patch: search is not a valid regular expression: ${fault}`, {
      details: { search, flags },
    });
  }
  const args = { path, search, replace, flags: withGlobal(flags), limit: host.maxResult };
  try {
    return await host.tasks.run("replace-expression", args, { signal, timeLimit: EXPRESSION_MILLISECONDS });
  } catch (error) {
    if (!(error instanceof XsysError && error.code === "TIMEOUT")) throw error;
    const message = `fs.patch failed on ${path}: the expression took longer than ${EXPRESSION_MILLISECONDS} ms`;
    throw new XsysError("TIMEOUT", message, { details: { path, search }, cause: error });
  }
}

/** The engine's reason for rejecting the expression. */
function faultOf(search: string, flags: string): string | undefined {
  try {
    new RegExp(search, withGlobal(flags));
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function withGlobal(flags: string): string {
  return flags.includes("g") ? flags : `${flags}g`;
}
