import { expect, test } from "vitest";
import { xsys } from "../support/command-line.ts";
import { useSandbox } from "../support/sandbox.ts";

const sandbox = useSandbox();

test("variables that a launcher sets are not passed to the programs that xsys starts", async () => {
  const env = {
    ...process.env,
    XSYS_TEST_BUILT: undefined,
    XSYS_STATE: undefined,
    XSYS_PATH: "/opt/xsys",
    XSYS_PATH_FOLLOWED: "1",
    XSYS_PARENT: "1",
  };
  const { status, stdout } = await xsys(["sys", "env", "--json"], { env });
  expect(status).toBe(0);
  expect(Object.keys(JSON.parse(stdout).data).filter((name) => name.startsWith("XSYS_"))).toEqual(["XSYS_PATH"]);
});

test("the holder of a lock is the process that the launcher names as the caller", async () => {
  const env = { ...process.env, XSYS_PARENT: `${process.ppid}` };
  const { stdout } = await xsys(["fs", "lock", sandbox.path("file"), "--json"], { env });
  expect(JSON.parse(stdout).data).toMatchObject({ locked: true, holder: { pid: process.ppid } });
});
