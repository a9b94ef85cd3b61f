/**
 * How long an evidence bundle takes to build and to verify. The floor of verifying, beside it: the SHA-256 calls alone.
 *
 *     node bench/ledger/bundle-speed.ts [ENTRIES] [LEDGER-SIZE] [--shell]
 *
 * Goals for 1,000 entries: built in <= 5 s, verified in <= 2 s. `--shell` times verify-plain.sh too.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { openCheckpoint } from '../../src/analysis/tlog/checkpoint/checkpoint.ts';
import { formatVerifierKey } from '../../src/analysis/tlog/note/verifier-key.ts';
import { fixedZip } from '../../src/platform/archive/fixed-zip.ts';
import { systemChance } from '../../src/platform/chance/system-chance.ts';
import { systemClock } from '../../src/platform/clock/system-clock.ts';
import { FolderLogStore } from '../../src/platform/log-store/folder-log-store.ts';
import { buildBundle } from '../../src/records/ledger/bundle/build-bundle.ts';
import { LedgerPublisher } from '../../src/records/ledger/publish/publisher.ts';
import { policyOfKey, readKey, verifyBundle } from '../../test/support/independent-verifier.ts';
import { projectDir } from '../../test/support/run-program.ts';
import { signerKeyOf } from '../../test/support/sample-log.ts';
import { fullDrafts, openGround, row } from './ground.ts';

const cpuMsSince = (start: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1_000;
};

const [count = 1_000, size = 20_000] = process.argv
  .slice(2)
  .filter((word) => /^\d+$/.test(word))
  .map(Number);
const ground = await openGround();
const { db, folder, ledger } = ground;
try {
  const { draft, customers } = fullDrafts();
  const sealers = new Map<string, (typeof customers)[number]['sealer']>();
  // Spread over the whole ledger: as far apart as one customer's entries are.
  const every = Math.max(1, Math.floor(size / count));
  const [customer] = customers;
  if (!customer) throw new Error('a customer');
  sealers.set(customer.id, customer.sealer);
  for (let from = 0; from < size; from += 1_000)
    await Promise.all(
      Array.from({ length: Math.min(1_000, size - from) }, (_, at) => {
        const made = draft();
        if (made.by) sealers.set(made.by.agentId, made.by.sealer);
        const about = (from + at) % every === 0 && made.about;
        return ledger.append(
          about ? { ...made, about: { ...about, customerId: customer.id, sealer: customer.sealer } } : made,
        );
      }),
    );
  const signer = signerKeyOf('bench.example', 1, 1);
  const store = new FolderLogStore(join(folder, 'log'), systemChance);
  const publisher = new LedgerPublisher({ db, store, signer, clock: systemClock });
  while ((await publisher.step()).did === 'published');
  await publisher.close();
  const checkpoint = openCheckpoint((await store.read('checkpoint')) ?? Buffer.of(), signer.verifierKey);
  const tools = new Map(
    ['verify-plain.sh', 'verify.html'].map((name) => [
      `tools/${name}`,
      readFileSync(join(projectDir, 'verifier', name)),
    ]),
  );
  const start = performance.now();
  const buildCpu = process.cpuUsage();
  const bundle = await buildBundle(
    { db, store, firstSeq: 0, signer, tools, openerOf: async (_, id) => sealers.get(id) },
    {
      query: { by: 'customer', customerId: customer.id },
      shown: new Set(['customer']),
      checkpoint,
      held: [],
    },
  );
  const zip = fixedZip(bundle.files);
  const builtMs = performance.now() - start;
  const buildCpuMs = cpuMsSince(buildCpu);
  const file = join(folder, 'bundle.zip');
  writeFileSync(file, zip);
  const key = formatVerifierKey(signer.verifierKey);
  const verify = performance.now();
  execFileSync(process.execPath, [join(projectDir, 'verifier', 'verify.js'), 'bundle', file, '--key', key]);
  const verifiedMs = performance.now() - verify;
  const verifyCpu = process.cpuUsage();
  await verifyBundle(zip, policyOfKey(readKey(key)));
  const verifyCpuMs = cpuMsSince(verifyCpu);
  const floor = performance.now();
  for (const bytes of bundle.files.values()) createHash('sha256').update(bytes).digest();
  for (let hash = 0; hash < bundle.entries * Math.log2(size + 1); hash += 1)
    createHash('sha256').update(Buffer.alloc(65)).digest();
  const floorMs = performance.now() - floor;
  const rows = [
    row('bundle', `${bundle.entries} of ${size} entries, ${zip.length} bytes`),
    row('built', `${builtMs.toFixed(0)} ms, of processor time here ${buildCpuMs.toFixed(0)} ms`),
    row('verified by verifier/, with starting Node', `${verifiedMs.toFixed(0)} ms`),
    row('  once more inside this process, processor time', `${verifyCpuMs.toFixed(0)} ms`),
    row('  floor: the hashes alone', `${floorMs.toFixed(0)} ms`),
  ];
  if (process.argv.includes('--shell')) {
    const unpacked = join(folder, 'unpacked');
    for (const [path, bytes] of bundle.files) {
      mkdirSync(dirname(join(unpacked, path)), { recursive: true });
      writeFileSync(join(unpacked, path), bytes);
    }
    const shell = performance.now();
    const { status } = spawnSync('sh', [join(unpacked, 'tools', 'verify-plain.sh'), '--key', key, unpacked]);
    rows.push(
      row(`verified in the shell, exit status ${status}`, `${(performance.now() - shell).toFixed(0)} ms`),
    );
  }
  console.log(rows.join('\n'));
} finally {
  await ground.close();
}
