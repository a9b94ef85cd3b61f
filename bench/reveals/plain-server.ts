/**
 * The baseline: a plain fastify and pg server on the same database that selects the row and inserts one audit row
 * in a transaction, and one address that only selects. No policy, no decryption, no sessions.
 */

import { join } from 'node:path';
import fastify from 'fastify';
import { startEmbedded } from '../../src/platform/postgres/embedded-server.ts';
import { openMigratedDatabase } from '../../src/records/schema/open-casebound-database.ts';

const [dataDir = ''] = process.argv.slice(2);
const embedded = await startEmbedded({ dataDir: join(dataDir, 'postgres'), share: true });
const { pool } = openMigratedDatabase(embedded.connection, { connectionsMax: 20 });
const app = fastify();
const bodySchema = {
  type: 'object',
  required: ['customer', 'agent'],
  properties: { customer: { type: 'string' }, agent: { type: 'string' } },
} as const;
type Ask = { customer: string; agent: string };
const selectText = 'select phone, email from plain_customer where id = $1';

app.post<{ Body: Ask }>('/audited', { schema: { body: bodySchema } }, async ({ body }) => {
  const client = await pool.connect();
  try {
    await client.query('begin');
    const { rows } = await client.query({ name: 'select', text: selectText, values: [body.customer] });
    await client.query({
      name: 'audit',
      text: "insert into plain_audit (at, agent, customer, what) values (now(), $1, $2, 'reveal phone')",
      values: [body.agent, body.customer],
    });
    await client.query('commit');
    return rows[0];
  } catch (thrown) {
    await client.query('rollback');
    throw thrown;
  } finally {
    client.release();
  }
});
app.post<{ Body: Ask }>('/unaudited', { schema: { body: bodySchema } }, async ({ body }) => {
  const { rows } = await pool.query({ name: 'select', text: selectText, values: [body.customer] });
  return rows[0];
});
await app.listen({ host: '127.0.0.1', port: 0 });
process.stdout.write(`ready ${new URL(app.listeningOrigin).port}\n`);
