import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'demo/**/*.test.ts', 'bench/**/*.test.ts'],
    exclude: ['test/planted/**'],
    globalSetup: ['test/support/global-setup.ts'],
    reporters: ['default', './test/support/last-line-reporter.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    pool: 'forks',
    // A test that runs vitest or bin/test itself must not write into the verdict of this run.
    env: { CASEBOUND_TEST_VERDICT: '' },
    maxWorkers: 2,
  },
});
