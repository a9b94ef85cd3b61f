import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json } from '../../src/analysis/tlog/entry/canonical-json.ts';
import { digestDisclosure } from '../../src/analysis/tlog/entry/disclosure.ts';
import { encodeDisclosure, encodeEntry } from '../../src/analysis/tlog/entry/entry.ts';
import { formatInstant, instantOf } from '../../src/model/instant.ts';
import type { Chance } from '../../src/model/ports.ts';
import { seededChance } from '../../src/platform/chance/seeded-chance.ts';
import { bundleVectors } from './bundle-vectors.ts';
import { projectDir } from './run-program.ts';
import { sampleCheckpoint, sampleEntries, sampleLog, samplePolicy, sampleProof } from './sample-log.ts';

/**
 * The files of formats/vectors, made anew with a fixed seed. `node test/support/format-vectors.ts` writes them;
 * a test compares.
 */
const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const encoded = (json: string): string => Buffer.from(json).toString('base64url');

const disclosureVectors = () => {
  const chance = seededChance(11);
  const values: [string, Json][] = [
    ['action', 'reveal'],
    ['fields', ['email', 'phone']],
    ['chain', { no: 1, previous: null }],
    ['place', { vendor: null, team: 'tea_x', site: 'sit_y' }],
    ['reason', 'Größe “falsch” – \\ / \u0001 \u{1f600}'],
    ['number', 1e21],
    ['number', -0.5],
    ['nothing', null],
    ['nested', [[[[[[[[true]]]]]]]]],
    ['a'.repeat(40), {}],
  ];
  const accepted = values.map(([name, value], at) => {
    const salt = chance.bytes(at === 1 ? 64 : 16);
    const text = encodeDisclosure(name, value, salt);
    return { salt_hex: hexOf(salt), name, value, text, digest: digestDisclosure(text) };
  });
  const good = accepted[0]?.text ?? '';
  const salt = 'AAECAwQFBgcICQoLDA0ODw';
  const refused = [
    { why: 'padding', text: `${good}=` },
    { why: 'a character outside the alphabet', text: `${good.slice(0, -1)}+` },
    { why: 'a space that a lenient reader skips', text: `${good} ` },
    { why: 'a line end', text: `${good}\n` },
    { why: 'white space in the JSON', text: encoded(`["${salt}", "action","view"]`) },
    { why: 'another spelling of a number', text: encoded(`["${salt}","number",1.0]`) },
    { why: 'another spelling of a character', text: encoded(`["${salt}","action","\\u0061"]`) },
    { why: 'a member given twice', text: encoded(`["${salt}","place",{"team":1,"team":1}]`) },
    { why: 'members out of order', text: encoded(`["${salt}","place",{"team":1,"site":1}]`) },
    { why: 'a lone surrogate', text: encoded(`["${salt}","reason","\\ud83d"]`) },
    { why: 'two parts', text: encoded(`["${salt}","action"]`) },
    { why: 'four parts', text: encoded(`["${salt}","action","view",1]`) },
    { why: 'a salt of 15 bytes', text: encoded('["AAECAwQFBgcICQoLDA0O","action","view"]') },
    { why: 'a salt with spare bits', text: encoded('["AAECAwQFBgcICQoLDA0ODx","action","view"]') },
    { why: 'a name with an upper-case letter', text: encoded(`["${salt}","Action","view"]`) },
    { why: 'a name of 41 characters', text: encoded(`["${salt}","${'a'.repeat(41)}","view"]`) },
    { why: 'nested nine deep', text: encoded(`["${salt}","nested",[[[[[[[[[1]]]]]]]]]]`) },
    { why: 'a byte order mark', text: encoded(`\ufeff["${salt}","action","view"]`) },
    { why: 'not UTF-8', text: Buffer.from([0x5b, 0x22, 0xff, 0x22, 0x5d]).toString('base64url') },
    { why: 'over 65,535 characters', text: encoded(`["${salt}","reason","${'x'.repeat(49_152)}"]`) },
    { why: 'empty', text: '' },
  ];
  return { accepted, refused };
};

const entryVectors = () => {
  const accepted = [0, 4, 12].map((count, at) => {
    const salts = seededChance(21 + at);
    const disclosures = Array.from({ length: count }, (_, index) =>
      encodeDisclosure(`field_${index}`, index, salts.bytes(16)),
    );
    let decoys: Uint8Array = Buffer.of();
    const chance: Chance = {
      bytes(length) {
        decoys = salts.bytes(length);
        return decoys;
      },
    };
    const when = instantOf([0, 1_795_351_506_123, 253_402_300_799_999][at] ?? 0);
    const kind = ['config/v1', 'access/v1', 'break-glass/v1'][at] ?? '';
    const { bytes, leafHash } = encodeEntry({ kind, at: when, disclosures, chance });
    return {
      kind,
      at: formatInstant(when),
      disclosures,
      decoys_hex: hexOf(decoys),
      bytes: bytes.toString(),
      leaf_hash_hex: hexOf(leafHash),
    };
  });
  const good = accepted[1]?.bytes ?? '';
  const refused = [
    { why: 'white space', bytes: good.replace(',"at"', ', "at"') },
    { why: 'members in another order', bytes: good.replace(/^\{(.*),("typ":"[^"]*")\}$/, '{$2,$1}') },
    { why: 'another hash name', bytes: good.replace('sha-256', 'sha-512') },
    { why: 'a time without milliseconds', bytes: good.replace(/\.\d{3}Z/, 'Z') },
    { why: 'a time in another zone', bytes: good.replace(/Z"/, '+00:00"') },
    { why: '30 February', bytes: good.replace(/"at":"\d{4}-\d\d-\d\d/, '"at":"2026-02-30') },
    { why: 'second 60', bytes: good.replace(/:\d\d\.(\d{3})Z/, ':60.$1Z') },
    { why: 'eleven digests', bytes: good.replace(/"[^"]{43}",/, '') },
    { why: 'digests out of order', bytes: good.replace(/("[^"]{43}"),("[^"]{43}")/, '$2,$1') },
    { why: 'a digest twice', bytes: good.replace(/("[^"]{43}"),("[^"]{43}")/, '$1,$1') },
    { why: 'a digest with spare bits', bytes: good.replace(/(\["[^"]{42})[^"]"/, '$1B"') },
    { why: 'a digest with padding', bytes: good.replace(/(\["[^"]{43})"/, '$1="') },
    { why: 'a further member', bytes: good.replace('"typ"', '"sub":"x","typ"') },
    { why: 'a member given twice', bytes: good.replace('"typ"', '"typ":"denied/v1","typ"') },
    { why: 'a kind without a version', bytes: good.replace(/"typ":"[^"]*"/, '"typ":"access"') },
    { why: 'a version with a leading zero', bytes: good.replace('/v1', '/v01') },
    { why: 'a line end', bytes: `${good}\n` },
    { why: 'empty', bytes: '' },
  ];
  return { accepted, refused };
};

const proofVectors = () => {
  const entries = sampleEntries(9, 31).map(({ bytes }) => bytes);
  const files = sampleLog(entries);
  const oneWitness = new Map(files).set('checkpoint', Buffer.from(sampleCheckpoint(9, rootOf(files), 1)));
  const proof = sampleProof(4, 9, files);
  const at = (index: number, text: string, holds: boolean, why?: string) => ({
    entry: index,
    proof: text,
    holds,
    why,
  });
  return {
    policy: samplePolicy(),
    entries: entries.map(String),
    checkpoint: String(files.get('checkpoint')),
    cases: [
      ...entries.map((_, index) => at(index, sampleProof(index, 9, files), true)),
      at(5, proof, false, 'the proof of another entry'),
      at(4, proof.replace('index 4', 'index 5'), false, 'another index'),
      at(4, proof.replace('index 4', 'index 04'), false, 'a leading zero'),
      at(4, proof.replace('index 4', 'index 9007199254740996'), false, 'an index over 2^53 - 1'),
      at(4, proof.replace(/\n[^\n]{43}=\n/, '\n'), false, 'a hash is missing'),
      at(4, proof.replace('\n9\n', '\n16\n'), false, 'another size'),
      at(4, proof.replaceAll('\n', '\r\n'), false, 'carriage returns'),
      at(4, sampleProof(4, 9, oneWitness), false, 'one cosignature where two are asked for'),
    ],
  };
};
const rootOf = (files: ReadonlyMap<string, Buffer>): Buffer =>
  Buffer.from(String(files.get('checkpoint')).split('\n')[2] ?? '', 'base64');

export const vectorsDir = join(projectDir, 'formats', 'vectors');

/** The text of each file. */
export const formatVectors = (): ReadonlyMap<string, string> =>
  new Map(
    Object.entries({
      'disclosure.json': disclosureVectors(),
      'entry.json': entryVectors(),
      'proof.json': proofVectors(),
      'bundle.json': bundleVectors(),
    }).map(([name, content]) => [name, `${JSON.stringify(content, null, 2)}\n`]),
  );

if (import.meta.main) for (const [name, text] of formatVectors()) writeFileSync(join(vectorsDir, name), text);
