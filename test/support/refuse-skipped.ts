import type { Reporter, TestModule } from "vitest/node";

/**
 * Fails the run in CI when a test was skipped, and lists the skipped tests. .ci/run installs everything that tests
 * need.
 */
export default class RefuseSkipped implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const skipped = modules.flatMap((module) => [...module.children.allTests("skipped")]);
    if (skipped.length === 0) return;
    for (const test of skipped) console.error(`skipped in CI: ${test.module.relativeModuleId} > ${test.fullName}`);
    process.exitCode = 1;
  }
}
