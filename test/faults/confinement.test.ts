import { readdir } from "node:fs/promises";
import { expect, test } from "vitest";
import { connect } from "../../clients/typescript/index.ts";
import { contracts } from "../../protocol/commands/index.ts";
import type { Contract } from "../../protocol/contract/command.ts";
import { useSandbox } from "../support/sandbox.ts";
import { startTestService } from "../support/service.ts";

const sandbox = useSandbox();
const WRITERS = contracts.filter(({ module, changes }) => changes && ["fs", "archive", "search"].includes(module));

/** The first example's parameters, with every path replaced by the root itself, and lists of paths by one entry. */
function aboutTheRoot({ examples, params }: Contract): object {
  const given = { ...(examples[0]?.params as Record<string, unknown>) };
  for (const [name, { "x-path": isPath, items }] of Object.entries(params.properties ?? {})) {
    if (isPath !== undefined) given[name] = ".";
    if (items !== undefined && "x-path" in items) given[name] = ["."];
  }
  return given;
}

test("a command that writes to the root itself leaves no files beside it", async () => {
  await sandbox.write("root/a.txt", "contents");
  const service = await startTestService({ root: sandbox.path("root"), confined: true });
  const client = await connect({ socket: service.socket });
  expect(WRITERS.length).toBeGreaterThan(25);
  for (const contract of WRITERS) {
    const options = contract.input === undefined ? {} : { input: "new" };
    await client.call(contract.name, aboutTheRoot(contract), options).catch(() => {});
    expect(await readdir(sandbox.root), contract.name).toEqual(["root"]);
  }
  await expect(client.fs.lock({ path: "." })).rejects.toMatchObject({ code: "DENIED" });
  client.close();
  service.stop(true);
  await service.ended;
});
