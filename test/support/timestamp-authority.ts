import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const opensslVersion = (): string | undefined => {
  const { status, stdout } = spawnSync('openssl', ['version'], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
};

const config = `
[req]
distinguished_name = dn
[dn]
[stamps]
basicConstraints = critical,CA:false
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
[tsa]
default_tsa = here
[here]
serial = ./serial
crypto_device = builtin
signer_cert = ./tsa.pem
certs = ./ca.pem
signer_key = ./tsa.key
signer_digest = sha256
default_policy = 1.3.6.1.4.1.99999.1
other_policies = 1.3.6.1.4.1.99999.2
digests = sha256
accuracy = secs:1
ordering = no
tsa_name = no
ess_cert_id_chain = no
ess_cert_id_alg = sha256
`;

/** A timestamp service made of the openssl command line, in a folder of its own. */
export const timestampAuthority = (keyType: 'rsa:2048' | 'ec' = 'rsa:2048') => {
  const folder = mkdtempSync(join(tmpdir(), 'casebound-test-tsa-'));
  const run = (...words: string[]): void => {
    execFileSync('openssl', words, { cwd: folder, stdio: 'ignore' });
  };
  writeFileSync(join(folder, 'tsa.cnf'), config);
  writeFileSync(join(folder, 'serial'), '01\n');
  const curve = ['-pkeyopt', 'ec_paramgen_curve:P-256'];
  const self = ['-config', 'tsa.cnf', '-nodes', '-days', '3650'];
  run(
    'req',
    '-x509',
    '-newkey',
    'ec',
    ...curve,
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    '-subj',
    '/CN=Test CA',
    ...self,
  );
  const newKey = keyType === 'ec' ? ['-newkey', 'ec', ...curve] : ['-newkey', keyType];
  run(
    'req',
    ...newKey,
    '-keyout',
    'tsa.key',
    '-out',
    'tsa.csr',
    '-subj',
    '/CN=Test TSA',
    '-config',
    'tsa.cnf',
    '-nodes',
  );
  const signing = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '3650'];
  run(
    'x509',
    '-req',
    '-in',
    'tsa.csr',
    ...signing,
    '-out',
    'tsa.pem',
    '-extfile',
    'tsa.cnf',
    '-extensions',
    'stamps',
  );
  const reply = (query: Uint8Array): Buffer => {
    writeFileSync(join(folder, 'query.tsq'), query);
    run('ts', '-reply', '-config', 'tsa.cnf', '-queryfile', 'query.tsq', '-out', 'reply.tsr');
    return readFileSync(join(folder, 'reply.tsr'));
  };
  return {
    reply,
    caFile: join(folder, 'ca.pem'),
    /** Serves it on loopback as RFC 3161 section 3.4 says. */
    async listen() {
      const server = createServer(async (request, response) => {
        const pieces: Buffer[] = [];
        for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece);
        const type = request.headers['content-type'];
        if (type !== 'application/timestamp-query') response.writeHead(415).end();
        else
          response
            .writeHead(200, { 'content-type': 'application/timestamp-reply' })
            .end(reply(Buffer.concat(pieces)));
      });
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const address = server.address();
      return {
        url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/`,
        stop: () => {
          server.closeAllConnections();
          server.close();
        },
      };
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
};
