/**
 * What one ledger entry costs to encode: nine salted disclosures, three decoys, digests, canonical JSON and leaf
 * hash. Measured beside its floor in the same run, the SHA-256 calls alone.
 *
 *     node bench/entry-encoding.ts
 */
import { hash, randomBytes } from 'node:crypto';
import type { Json } from '../src/analysis/tlog/entry/canonical-json.ts';
import { encodeDisclosure, saltBytes } from '../src/analysis/tlog/entry/disclosure.ts';
import { encodeEntry } from '../src/analysis/tlog/entry/entry.ts';
import { instantOf } from '../src/model/instant.ts';
import type { Chance } from '../src/model/ports.ts';

const fields: readonly (readonly [string, Json])[] = [
  ['customer', 'cus_0123456789ABCDEFGHIJKL'],
  ['customer_no', 17],
  ['customer_prev', 123_456],
  ['action', 'reveal'],
  ['case', 'cas_0123456789ABCDEFGHIJKL'],
  ['fields', ['email', 'phone', 'address']],
  ['purpose', { topic: 'card_not_working', initiated_by: 'customer' }],
  ['agent', 'agt_0123456789ABCDEFGHIJKL'],
  ['place', { team: 'tea_0123456789ABCDEFGHIJKL', site: 'sit_0123456789ABCDEFGHIJKL', vendor: null }],
];

// The gateway draws its chance in large pieces and hands it out in small ones.
const poolBytes = 16_384;
let pool = randomBytes(poolBytes);
let poolUsed = 0;
const chance: Chance = {
  bytes(count) {
    if (poolUsed + count > poolBytes) {
      pool = randomBytes(poolBytes);
      poolUsed = 0;
    }
    poolUsed += count;
    return pool.subarray(poolUsed - count, poolUsed);
  },
};

const encodeOne = (at: number): { readonly bytes: Uint8Array; readonly disclosures: readonly string[] } => {
  const salts = chance.bytes(fields.length * saltBytes);
  const disclosures = fields.map(([name, value], index) =>
    encodeDisclosure(name, value, salts.subarray(index * saltBytes, (index + 1) * saltBytes)),
  );
  const { bytes } = encodeEntry({ kind: 'access/v1', at: instantOf(at), disclosures, chance });
  return { bytes, disclosures };
};

const microsecondsEach = (rounds: number, work: (round: number) => void): number => {
  const batches: number[] = [];
  for (let batch = 0; batch < 15; batch += 1) {
    // Processor time: on a machine that others use too, the clock on the wall measures them as well.
    const start = process.cpuUsage();
    for (let round = 0; round < rounds; round += 1) work(round);
    const { user, system } = process.cpuUsage(start);
    batches.push((user + system) / rounds);
  }
  batches.sort((left, right) => left - right);
  return batches[7] ?? Number.NaN;
};

const { bytes, disclosures } = encodeOne(0);
const entryUs = microsecondsEach(5_000, (round) => encodeOne(1_790_000_000_000 + round));
const floorUs = microsecondsEach(5_000, () => {
  for (const disclosure of disclosures) hash('sha256', disclosure, 'base64url');
  hash('sha256', bytes, 'buffer');
});
const chanceUs = microsecondsEach(5_000, () => {
  chance.bytes(fields.length * saltBytes);
  chance.bytes(3 * 32);
});
const row = (name: string, value: string): string => `${name.padEnd(52)} ${value}`;
console.log(
  [
    row('one entry, 9 disclosures, 3 decoys', `${entryUs.toFixed(1)} us`),
    row('  of which SHA-256 alone (9 digests, 1 leaf)', `${floorUs.toFixed(1)} us`),
    row('  of which chance (two draws from a pool)', `${chanceUs.toFixed(1)} us`),
    row('bytes of one entry', `${bytes.length}`),
    row('limit', '40 us'),
  ].join('\n'),
);
process.exitCode = entryUs <= 40 ? 0 : 1;
