import { appendFileSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';

/**
 * Closes the run with the plain line `N passed, N failed` that scripts and CI read. Besides failed tests, these count
 * as one failure each: a file or a group whose own code broke (import, beforeAll, afterAll), and an error nobody
 * caught. `bin/test` names a file in CASEBOUND_TEST_VERDICT and prints the line last of all; without it, we do.
 */
export default class LastLineReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const count = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    for (const module of modules) {
      for (const group of [module, ...module.children.allSuites()]) count.failed += group.errors().length;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === 'passed') count.passed += 1;
        else if (state === 'failed') count.failed += 1;
        else count.skipped += 1;
      }
    }
    const skipped = count.skipped > 0 ? `, ${count.skipped} skipped` : '';
    const line = `${count.passed} passed, ${count.failed} failed${skipped}\n`;
    const verdict = process.env['CASEBOUND_TEST_VERDICT'];
    if (verdict) appendFileSync(verdict, line);
    else process.on('exit', () => process.stdout.write(line));
  }
}
