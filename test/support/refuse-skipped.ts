import type { Reporter, TestModule } from "vitest/node";

/** In CI no test may be skipped: .ci/run installs what tests ask for. Each that was is named, and the run fails. */
export default class RefuseSkipped implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const skipped = modules.flatMap((module) => [...module.children.allTests("skipped")]);
    if (skipped.length === 0) return;
    for (const test of skipped) console.error(`skipped in CI: ${test.module.relativeModuleId} > ${test.fullName}`);
    process.exitCode = 1;
  }
}
