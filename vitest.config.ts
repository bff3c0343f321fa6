import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig, type TestUserConfig } from "vitest/config";

const ROOT = fileURLToPath(new URL(".", import.meta.url));

/** Settings of all test commands. */
export const common = {
  maxWorkers: "100%", // the default is one less than the cores: on two cores, one file at a time
  reporters: ["default", ...(process.env.CI ? ["./test/support/refuse-skipped.ts"] : [])],
  // Tests wait for events, so these timeouts only end hanging tests. On a busy machine a process takes seconds to start.
  testTimeout: 120_000,
  hookTimeout: 120_000,
  expect: { poll: { timeout: 60_000 } },
  env: {
    // A process of the sources starts in 83 ms with the compile cache and in 205 ms without.
    NODE_COMPILE_CACHE: `${ROOT}node_modules/.cache/compile`,
    XSYS_STATE: "/dev/null/state", // a test that manages apps sets its own: the user's apps are not touched
  },
} satisfies TestUserConfig;

const tests = globSync("test/**/*.test.ts", { cwd: ROOT }).filter(
  (file) => !/\.(?:built|system)\.test\.ts$/.test(file),
);

/**
 * What a file of tests contains that needs a process of its own: it changes or inspects the process, replaces modules or
 * timers, or starts processes, threads, services or servers.
 */
const NEEDS_OWN_PROCESS = new RegExp(
  [
    String.raw`\bvi\.(?!fn\b)`,
    String.raw`\bprocess\.(?!platform\b|pid\b|execPath\b|arch\b|versions?\b|getuid\b)`,
    String.raw`\b(?:globalThis|performance)\b`,
    '"node:(?:child_process|worker_threads|cluster|async_hooks|perf_hooks|diagnostics_channel)"',
    "/support/(?!sandbox|property|seed|fake-call|chunk)",
    String.raw`"\.[^"]*/(?:ways|three-ways|stage|scene|service|in-process|started-[\w-]+)\.ts"`,
    String.raw`\b(?:useGateway|node-pty)\b|/bench/|/work/`,
  ].join("|"),
);

const sharing = tests.filter((file) => !NEEDS_OWN_PROCESS.test(readFileSync(`${ROOT}${file}`, "utf8")));

/** `npm test`. A process for each file takes 0.7 s of CPU time for its start and imports, so files share it if they can. */
export default defineConfig({
  test: {
    ...common,
    projects: [
      { extends: true, test: { name: "shared process", include: sharing, isolate: false } },
      { extends: true, test: { name: "own process", include: tests.filter((file) => !sharing.includes(file)) } },
    ],
  },
});
