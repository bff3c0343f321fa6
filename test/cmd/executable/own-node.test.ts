import { chmod, readFile, stat, writeFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { nodeOf } from "../../../cmd/xsys/executable/own-node.ts";
import { unpack } from "../../../cmd/xsys/executable/unpack.ts";
import { useSandbox } from "../../support/sandbox.ts";

const sandbox = useSandbox();
const FUSE = "NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2";

/** A stand-in for the executable. With its fuse set to 0 ("no embedded program"), it behaves as Node. */
function executable(contents: string): Promise<string> {
  return sandbox.write("xsys", contents, 0o755);
}

const SCRIPT = `#!/bin/sh\n[ "${FUSE}:0" = ${FUSE.slice(0, 8)}""${FUSE.slice(8)}:0 ] && echo ${process.version}\n`;

describe.skipIf(process.platform === "win32")("the executable's own Node", () => {
  test("is a copy of the executable with the fuse set to 0, written once and accessible only to this user", async () => {
    const file = await executable(SCRIPT.replace(`${FUSE}:0`, `${FUSE}:1`));
    const folder = unpack(nodeOf(file), [sandbox.path("cache")]);
    expect(await readFile(`${folder}/node`, "utf8")).toBe(SCRIPT);
    const { mode, ino } = await stat(`${folder}/node`);
    expect(mode & 0o777).toBe(0o700);
    expect(unpack(nodeOf(file), [sandbox.path("cache")])).toBe(folder);
    expect((await stat(`${folder}/node`)).ino).toBe(ino);
  });

  test("is rewritten if it is truncated or accessible to others, and differs for another executable", async () => {
    const file = await executable(SCRIPT.replace(`${FUSE}:0`, `${FUSE}:1`));
    const folder = unpack(nodeOf(file), [sandbox.path("cache")]);
    await writeFile(`${folder}/node`, "cut");
    expect(unpack(nodeOf(file), [sandbox.path("cache")])).toBe(folder);
    await chmod(`${folder}/node`, 0o777);
    unpack(nodeOf(file), [sandbox.path("cache")]);
    expect(await readFile(`${folder}/node`, "utf8")).toBe(SCRIPT);
    expect((await stat(`${folder}/node`)).mode & 0o777).toBe(0o700);
    await executable(`${SCRIPT.replace(`${FUSE}:0`, `${FUSE}:1`)}\n`);
    expect(unpack(nodeOf(file), [sandbox.path("cache")])).not.toBe(folder);
  });

  test.each([
    ["has no embedded program", SCRIPT, "does not contain a known Node"],
    ["contains the fuse twice", `${FUSE}:1\n${FUSE}:1`, "does not contain a known Node"],
    ["cannot be run", `#!/gone\n# ${FUSE}:1`, "cannot be run"],
    ["is not Node", `#!/bin/sh\n# ${FUSE}:1\necho other`, "is not Node: other"],
  ])("is not made if the executable %s", async (_what, contents, why) => {
    const file = await executable(contents);
    expect(() => unpack(nodeOf(file), [sandbox.path("cache")])).toThrow(why);
  });
});
