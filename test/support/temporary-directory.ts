import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/**
 * A directory that is removed when the test ends (before whatever the test registers later, so register first).
 * Others may enter it: as root, the database server runs as another account.
 */
export const temporaryDirectory = (): string => {
  const path = mkdtempSync(join(tmpdir(), 'casebound-test-'));
  chmodSync(path, 0o755);
  onTestFinished(() => rmSync(path, { recursive: true, force: true, maxRetries: 10 }));
  return path;
};
