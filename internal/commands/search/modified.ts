import { modified } from "../../../protocol/commands/search.ts";
import { handle } from "../../base/handler.ts";
import { AnswerSize } from "../../files/answer-size.ts";
import { asAsked } from "../../files/as-asked.ts";
import { byCodeUnit } from "../../files/by-code-unit.ts";
import { inParts } from "../../files/tree-parts.ts";

const HOUR = 3_600_000;

export default handle(modified, async ({ path, hours }, { host, signal, asked }) => {
  const { maxResult } = host;
  const since = Date.now() - hours * HOUR;
  const parts = await inParts((shared) =>
    host.tasks.run("modified-part", { path, shared, since, maxResult }, { signal }),
  );
  const size = new AnswerSize("search.modified", path, maxResult);
  for (const { bytes } of parts) size.add(bytes);
  const named = asAsked(asked.path);
  return parts
    .flatMap(({ files }) => files)
    .sort((a, b) => b.modified - a.modified || byCodeUnit(a.relative, b.relative))
    .map(({ relative }) => named(relative));
});
