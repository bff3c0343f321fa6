import { versions } from "../../../protocol/commands/app.ts";
import type { Result } from "../../../protocol/commands/index.ts";
import { diffVersions } from "../../apps/diff-versions.ts";
import { withKeeper } from "../../apps/with-keeper.ts";
import { handle } from "../../base/handler.ts";
import type { Version } from "../../keeper/versions/version.ts";

type Listed = Result<"app.versions">[number];

export default handle(versions, ({ name }, { host, signal }) =>
  withKeeper(host, async (keeper) => {
    const kept = await keeper.call("keeper.versions", { name }, signal);
    return kept.versions
      .map((version, index) => listed(version, kept.versions[index - 1], version.number === kept.current))
      .reverse();
  }),
);

function listed(version: Version, before: Version | undefined, current: boolean): Listed {
  const { number, time, failure } = version;
  const fields = before === undefined ? [] : diffVersions(before, version);
  return {
    version: number,
    time: time / 1000,
    current,
    state: failure === undefined ? "good" : "failed",
    ...(failure !== undefined && { reason: failure }),
    changed: fields.map(({ field }) => field),
    fields: fields.map(({ field, from, to }) => ({
      field,
      ...(from !== undefined && { from }),
      ...(to !== undefined && { to }),
    })),
  };
}
