import { contracts } from "../../../protocol/commands/index.ts";
import { commands } from "../../../protocol/commands/service.ts";
import { handle } from "../../base/handler.ts";

export default handle(commands, ({ module }) =>
  contracts
    .filter((contract) => module === undefined || contract.module === module)
    .map(
      ({
        name,
        summary,
        description,
        params,
        positionals = [],
        input,
        output,
        events,
        result,
        errors = [],
        examples,
        changes,
        since,
      }) => ({
        name,
        summary,
        ...(description !== undefined && { description }),
        params,
        positionals: [...positionals],
        input: input !== undefined,
        output: output !== undefined,
        ...(events !== undefined && { events }),
        result,
        errors: [...errors],
        examples: [...examples],
        changes,
        since,
      }),
    ),
);
