import { expect, test } from "vitest";
import { describe as asText, type Comparison } from "../../bench/comparison.ts";
import start from "../../bench/start/bench.ts";
import { MAIN } from "../support/program.ts";
import { useSandbox } from "../support/sandbox.ts";

const sandbox = useSandbox();

function measured({ results, figures }: Comparison): string[] {
  return [...results].flatMap(([contender, [sample = {}]]) =>
    figures.every(({ name }) => (sample[name] ?? 0) > 0) ? [contender] : [],
  );
}

const CALLS = ["xsys path join", "xsys fs stats", "xsys sys info"];

test.skipIf(process.platform === "win32")(
  "the start bench compares every call with a program that does nothing",
  async () => {
    const script = `#!/bin/sh\nexec '${process.execPath}' '${MAIN}' "$@"\n`;
    const executable = await sandbox.write("xsys", script, 0o755);
    const makeEmpty = () => sandbox.write("empty", "#!/bin/sh\n", 0o755);
    const [source, alone] = await start(() => {}, { rounds: 1, executable, makeEmpty });
    if (source === undefined || alone === undefined) throw new Error("a comparison is missing");
    expect(measured(source)).toEqual(["node, an empty program", ...CALLS]);
    expect(measured(alone)).toEqual(["an empty executable", ...CALLS]);
    expect(asText(alone).slice(-2).join()).not.toContain("not measured");
  },
);

test.skipIf(process.platform === "win32")("the start bench compares the front with /bin/true", async () => {
  const script = `#!/bin/sh\nexec '${process.execPath}' '${MAIN}' "$@"\n`;
  const executable = await sandbox.write("xsys", script, 0o755);
  await sandbox.write("xsys-main", script, 0o755);
  await sandbox.write("xhsc", script, 0o755);
  const makeEmpty = () => sandbox.write("empty", "#!/bin/sh\n", 0o755);
  const [, , served, off] = await start(() => {}, { rounds: 1, executable, makeEmpty });
  if (served === undefined || off === undefined) throw new Error("a comparison is missing");
  expect(measured(served)).toEqual(["/bin/true", "xhsc path join", "xhsc fs stats", "xhsc fs read"]);
  expect(measured(off)).toEqual(["the executable", "the front"]);
  expect([...asText(served), ...asText(off)].join()).not.toContain("not measured");
});

test("the start bench reports a missing executable", async () => {
  const [, alone] = await start(() => {}, { rounds: 1, executable: sandbox.path("gone") });
  if (alone === undefined) throw new Error("a comparison is missing");
  expect(asText(alone).join("\n")).toMatch(/npm run build makes +absent\n.*not measured\n.*not measured/);
});
