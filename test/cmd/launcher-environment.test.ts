import { expect, test } from "vitest";
import { xsys } from "../support/command-line.ts";

test("what a launcher left in the environment is not there for the programs that xsys starts", async () => {
  const env = { ...process.env, XSYS_PATH: "/opt/xsys", XSYS_PATH_FOLLOWED: "1" };
  const { status, stdout } = await xsys(["sys", "env", "--json"], { env });
  expect(status).toBe(0);
  expect(Object.keys(JSON.parse(stdout).data).filter((name) => name.startsWith("XSYS_"))).toEqual(["XSYS_PATH"]);
});
