/**
 * `npm run test:systems`: tests of the built executable that need installed servers, packages from npm or other programs,
 * or that take many minutes (`*.system.test.ts`).
 */
import { defineConfig } from "vitest/config";
import built from "./vitest.built.config.ts";
import { common } from "./vitest.config.ts";

export default defineConfig({
  test: {
    ...built.test,
    maxWorkers: common.maxWorkers, // they start up to 40 processes at once
    include: ["test/**/*.system.test.ts"],
  },
});
