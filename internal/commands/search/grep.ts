import { grep } from "../../../protocol/commands/search.ts";
import { handle } from "../../base/handler.ts";
import { AnswerSize } from "../../files/answer-size.ts";
import { asAsked } from "../../files/as-asked.ts";
import { byCodeUnit } from "../../files/by-code-unit.ts";
import { inParts } from "../../files/tree-parts.ts";
import { jointly } from "../../work/report.ts";
import { TimeLimit } from "./shared/time-limit.ts";

export default handle(grep, async ({ timeout, ...params }, { host, signal, progress, asked }) => {
  const time = new TimeLimit("search.grep", params.path, timeout);
  const ceiling = host.confined ? host.root : undefined;
  const report = progress && jointly(progress);
  const parts = await inParts((shared) => {
    const args = { ...params, shared, ceiling, maxResult: host.maxResult };
    return time.keep((timeLimit) => host.tasks.run("grep-part", args, { signal, timeLimit, progress: report?.() }));
  });
  const done = parts.reduce((sum, { searched }) => sum + searched, 0);
  progress?.({ done, total: done, unit: "files" });
  const size = new AnswerSize("search.grep", params.path, host.maxResult);
  for (const { bytes } of parts) size.add(bytes);
  const named = asAsked(asked.path);
  return parts
    .flatMap(({ files }) => files)
    .sort((a, b) => byCodeUnit(a.relative, b.relative))
    .flatMap(({ relative, matches }) => {
      const file = relative === "" ? String(asked.path) : named(relative);
      return matches.map((match) => ({ file, ...match }) as { file: string; line: number; content: string });
    })
    .slice(0, params.limit);
});
