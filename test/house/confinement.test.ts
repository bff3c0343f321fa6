import { mkdir, symlink } from "node:fs/promises";
import { beforeEach, describe, expect, test } from "vitest";
import { type CommandName, contracts } from "../../protocol/commands/index.ts";
import type { Contract } from "../../protocol/contract/command.ts";
import { inProcess } from "../commands/ways.ts";
import { useSandbox } from "../support/sandbox.ts";

const sandbox = useSandbox();

beforeEach(async () => {
  await mkdir(sandbox.path("root"));
  await sandbox.write("outside/secret.txt", "secret");
  await sandbox.write("root/inside.txt", "inside");
  await symlink("../outside", sandbox.path("root/link"));
  await symlink("../outside/new.txt", sandbox.path("root/dangling"));
});

/** All path parameters of all commands. */
const PATH_PARAMS = contracts.flatMap((contract) =>
  Object.entries(contract.params.properties ?? {}).flatMap(([name, schema]) => {
    const items = schema.items as { readonly "x-path"?: string } | undefined;
    const kind = schema["x-path"] ?? items?.["x-path"];
    return kind === undefined
      ? []
      : [{ command: contract.name, param: name, kind, isList: items !== undefined, contract }];
  }),
);

test("path parameters are found", () => {
  expect(PATH_PARAMS.length).toBeGreaterThan(40);
});

describe.each(PATH_PARAMS)("$command confined to its root", ({ command, param, kind, isList, contract }) => {
  const escapes = ["../outside/secret.txt", "/etc/passwd", "link/secret.txt", "inside.txt/../../outside"];
  if (kind === "target") escapes.push("link", "dangling");

  test.each(escapes)(`rejects "${param}": %s`, async (path) => {
    const params = { ...validParams(contract), [param]: isList ? [path] : path };
    const call = inProcess.call(sandbox.path("root"), command as CommandName, params, { confined: true });
    await expect(call).rejects.toMatchObject({ code: "DENIED", message: expect.stringContaining("outside the root") });
    expect(await sandbox.read("outside/secret.txt")).toBe("secret");
  });
});

/** The first example's parameters, with paths replaced by one inside the root. */
function validParams({ examples, params }: Contract): Record<string, unknown> {
  const given = { ...(examples[0]?.params as object) } as Record<string, unknown>;
  for (const [name, { "x-path": isPath, items }] of Object.entries(params.properties ?? {})) {
    if (isPath !== undefined && name in given) given[name] = "inside.txt";
    if (items !== undefined && "x-path" in items) given[name] = ["inside.txt"];
  }
  return given;
}
