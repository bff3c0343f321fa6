import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/**/*.{built,system}.test.ts"], // vitest.built.config.ts and vitest.systems.config.ts have them
    maxWorkers: "100%", // one fewer than the cores by default, which on two means one file at a time
    reporters: ["default", ...(process.env.CI ? ["./test/support/refuse-skipped.ts"] : [])],
    // Tests wait for events, and these end only what hangs: on a busy machine a process may take seconds to start.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 60_000 } },
    // Every test through the command line starts a process: 83 ms with its modules compiled once, 205 without.
    env: { NODE_COMPILE_CACHE: fileURLToPath(new URL("node_modules/.cache/compile", import.meta.url)) },
  },
});
