import { existsSync } from 'node:fs';

/** The browser for browser tests: the one that CASEBOUND_CHROMIUM names, else the system's; undefined without one. */
export const chromiumPath: string | undefined =
  process.env['CASEBOUND_CHROMIUM'] ||
  ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
    existsSync(path),
  );
