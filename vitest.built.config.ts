/**
 * `npm run test:built`: the black-box tests with the built executable in place of the sources, and the tests of the
 * build itself (`*.built.test.ts`).
 */
import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { common } from "./vitest.config.ts";

const ROOT = fileURLToPath(new URL(".", import.meta.url));

/** A test that imports one of these starts the tested program (test/support/program.ts). */
const STARTERS =
  /import \{[^}]*\b(?:x|startX)sys\b[^}]*\} from|import \{[^}]*\b(?:PROGRAM\w*|programWith|startServed|startServer|threeWays|useGateway|useGateways|useServers|useStage|useUnchangedApps)\b[^}]*\} from/;

const blackBox = globSync("test/**/*.test.ts", { cwd: ROOT }).filter((file) => {
  if (file.startsWith("test/bench/") || /\.(?:built|system)\.test\.ts$/.test(file)) return false;
  return STARTERS.test(readFileSync(`${ROOT}${file}`, "utf8"));
});

export default defineConfig({
  test: {
    ...common,
    maxWorkers: "150%", // these tests wait for processes for a third of their time
    include: [...blackBox, "test/**/*.built.test.ts"],
    env: {
      ...common.env,
      XSYS_TEST_BUILT: `${ROOT}dist/xsys${process.platform === "win32" ? ".exe" : ""}`,
    },
    globalSetup: "test/support/refuse-stale-build.ts",
  },
});
