/** Casebound itself, as `serve` starts it, with budgets so wide that the bench measures work and not refusals. */
import pino from 'pino';
import { startCasebound } from '../../src/main.ts';
import { readSettings } from '../../src/settings.ts';

const [dataDir = '', policyDir = ''] = process.argv.slice(2);
const settings = readSettings(
  { dataDir, host: '127.0.0.1', port: '0' },
  {
    CASEBOUND_POLICY_DIR: policyDir,
    CASEBOUND_OIDC_ISSUER: 'http://127.0.0.1:9',
    CASEBOUND_OIDC_CLIENT_ID: 'bench',
    CASEBOUND_CASE_WEBHOOK_SECRETS: `whsec_${Buffer.alloc(32, 1).toString('base64')}`,
  },
);
const running = await startCasebound(settings, pino({ level: 'silent' }));
process.stdout.write(`ready ${new URL(running.url).port}\n`);
process.on('SIGTERM', () => void running.stop().then(() => process.exit(0)));
