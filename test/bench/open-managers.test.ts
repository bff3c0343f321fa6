import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { useChildren } from "../support/children.ts";

const children = useChildren();
const MODULE = fileURLToPath(new URL("../../bench/apps/open-managers.ts", import.meta.url));
const PROGRAM = `
import { clearedAtSignals, tracked } from ${JSON.stringify(MODULE)};
const manager = (name) => tracked({ [Symbol.asyncDispose]: async () => console.log("disposed of " + name) });
await manager("one")[Symbol.asyncDispose]();
manager("two");
await clearedAtSignals(() => {
  console.log("measuring");
  return new Promise((resolve) => setTimeout(resolve, 1e9));
});
`;

test.skipIf(process.platform === "win32")(
  "a bench that a signal ends disposes of the managers that are open",
  async () => {
    const child = children.add(
      spawn(process.execPath, ["--input-type=module", "-e", PROGRAM], { stdio: ["ignore", "pipe", "inherit"] }),
    );
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      if (output.endsWith("measuring\n")) child.kill("SIGTERM");
    });
    const [, signal] = await once(child, "close");
    expect(signal).toBe("SIGTERM");
    expect(output).toBe("disposed of one\nmeasuring\ndisposed of two\n");
  },
);
