import { spawn } from "node:child_process";
import { symlink } from "node:fs/promises";
import { expect, test } from "vitest";
import { ended } from "../support/command-line.ts";
import { useSandbox } from "../support/sandbox.ts";
import { FRONT } from "./support/fronts.ts";

const sandbox = useSandbox();

test.each(["prydam", "guardian", "xypriss-guardian", "prydam-linux-x64"])(
  "a link %s to the front runs the executable under that name",
  async (name) => {
    const program = sandbox.path(name);
    await symlink(FRONT, program);
    const version = await ended(spawn(program, ["--version"]));
    expect(version).toMatchObject({ status: 0, stdout: expect.stringMatching(new RegExp(`^${name} \\d`)) });
    expect(await ended(spawn(program, ["save"]))).toMatchObject({
      status: 0,
      stdout: expect.stringContaining("nothing to save"),
    });
  },
);
