/**
 * `npm run test:systems`: tests of the built executable that need installed servers, packages from npm or other programs,
 * or that take many minutes (`*.system.test.ts`).
 */
import { defineConfig } from "vitest/config";
import built from "./vitest.built.config.ts";

export default defineConfig({
  test: { ...built.test, include: ["test/**/*.system.test.ts"], testTimeout: 120_000, hookTimeout: 120_000 },
});
