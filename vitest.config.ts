import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/**/*.{built,system}.test.ts"], // run by vitest.built.config.ts and vitest.systems.config.ts
    maxWorkers: "100%", // the default is one less than the cores: on two cores, one file at a time
    reporters: ["default", ...(process.env.CI ? ["./test/support/refuse-skipped.ts"] : [])],
    // Tests wait for events, so these timeouts only end hanging tests. On a busy machine a process takes seconds to start.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 60_000 } },
    // Every command-line test starts a process, which takes 83 ms with the compile cache and 205 ms without.
    env: {
      NODE_COMPILE_CACHE: fileURLToPath(new URL("node_modules/.cache/compile", import.meta.url)),
      XSYS_STATE: "/dev/null/state", // a test that manages apps sets its own: the user's apps are not touched
    },
  },
});
