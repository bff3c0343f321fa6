import { find } from "../../../protocol/commands/search.ts";
import { handle } from "../../base/handler.ts";
import { AnswerSize } from "../../files/answer-size.ts";
import { asAsked } from "../../files/as-asked.ts";
import { inParts } from "../../files/tree-parts.ts";
import { TimeLimit } from "./shared/time-limit.ts";

export default handle(find, async ({ timeout, ...params }, { host, signal, asked }) => {
  const time = new TimeLimit("search.find", params.path, timeout);
  const parts = await inParts((shared) => {
    const args = { ...params, shared, maxResult: host.maxResult };
    return time.keep((timeLimit) => host.tasks.run("find-part", args, { signal, timeLimit }));
  });
  const size = new AnswerSize("search.find", params.path, host.maxResult);
  for (const { bytes } of parts) size.add(bytes);
  return parts
    .flatMap(({ relatives }) => relatives.split("\0").slice(0, -1))
    .sort()
    .map(asAsked(asked.path));
});
