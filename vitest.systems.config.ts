/**
 * `npm run test:systems`: what needs installed servers, other programs or many minutes (`*.system.test.ts`), against the
 * built executable.
 */
import { defineConfig } from "vitest/config";
import built from "./vitest.built.config.ts";

export default defineConfig({
  test: { ...built.test, include: ["test/**/*.system.test.ts"], testTimeout: 120_000, hookTimeout: 120_000 },
});
