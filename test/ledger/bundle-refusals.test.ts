import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  formatManifest,
  manifestNotePath,
  manifestPath,
  signManifest,
} from '../../src/analysis/tlog/bundle/manifest.ts';
import { formatNote } from '../../src/analysis/tlog/note/note.ts';
import { fixedZip } from '../../src/platform/archive/fixed-zip.ts';
import { stampBy } from '../../src/stamp-bytes.ts';
import { bundleWorld } from '../support/bundle-world.ts';
import {
  NotVerified,
  policyOfKey,
  readKey,
  readPolicy,
  verifyBundle,
} from '../support/independent-verifier.ts';
import { inShell } from '../support/plain-verifier.ts';
import { signerKeyOf } from '../support/sample-log.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { opensslVersion, timestampAuthority } from '../support/timestamp-authority.ts';

const openssl = opensslVersion();
type World = Awaited<ReturnType<typeof bundleWorld>>;
type Files = ReadonlyMap<string, Uint8Array>;

const policyOf = ({ policy }: World) => readPolicy(Buffer.from(policy));

/** The bundle with other files, made anew as whoever has the log's key could. */
const remade = (
  files: Files,
  change: (files: Map<string, Uint8Array>) => void,
  { signer }: Pick<World, 'signer'>,
): Map<string, Uint8Array> => {
  const made = new Map(files);
  change(made);
  made.delete(manifestPath);
  made.delete(manifestNotePath);
  const manifest = formatManifest(made);
  return made
    .set(manifestPath, Buffer.from(manifest))
    .set(manifestNotePath, Buffer.from(signManifest(manifest, signer)));
};
const edit = (files: Map<string, Uint8Array>, path: string, change: (text: string) => string): void => {
  const text = Buffer.from(files.get(path) ?? '').toString();
  const changed = change(text);
  expect(changed, path).not.toBe(text);
  files.set(path, Buffer.from(changed));
};

const setUp = async () => {
  const world = await bundleWorld();
  await world.fill(5);
  const held = await world.checkpointOver();
  await world.fill(7);
  const [customerId] = world.people.customers;
  if (!customerId) throw new Error('a customer');
  const made = await world.exported({ query: { by: 'customer', customerId }, held: [held] });
  const older = Buffer.from(formatNote(held.note));
  return { world, held, older, ...made };
};

const sha256url = (text: string): string => {
  const { createHash } = process.getBuiltinModule('node:crypto');
  return createHash('sha256').update(text).digest('base64url');
};

describe('what no verifier accepts', () => {
  it('is a bundle of which any bit was flipped: the place is named', async () => {
    const { world, zip } = await setUp();
    const policy = policyOf(world);
    expect((await verifyBundle(zip, policy)).entries.length).toBe(6);
    await fc.assert(
      fc.asyncProperty(fc.nat(zip.length * 8 - 1), async (bit) => {
        const bent = Buffer.from(zip);
        bent[bit >> 3] = (bent[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        const refusal = await verifyBundle(bent, policy).then(
          () => 'accepted',
          (thrown: unknown) => thrown,
        );
        expect(refusal).toBeInstanceOf(NotVerified);
        expect(String(refusal)).toMatch(/: .+: ./);
      }),
      { numRuns: 400 },
    );
    for (const length of [0, 1, 29, 1_000, zip.length - 1])
      await expect(verifyBundle(zip.subarray(0, length), policy)).rejects.toBeInstanceOf(NotVerified);
    await expect(verifyBundle(Buffer.concat([zip, Buffer.of(0)]), policy)).rejects.toBeInstanceOf(
      NotVerified,
    );
  });

  it.skipIf(openssl === undefined)(
    `is a file of which a bit was flipped, in the shell too ${openssl ? '' : 'skipped: openssl is not installed'}`,
    async () => {
      const { world, files } = await setUp();
      const words = ['--key', world.key, '--witness', world.witnessKey];
      const good = inShell(files, words);
      expect(good.said).toMatch(/\nverified\n$/);
      for (const path of files.keys()) {
        const bytes = Buffer.from(files.get(path) ?? '');
        const at = Math.floor(Math.random() * bytes.length);
        bytes[at] = (bytes[at] ?? 0) ^ 1;
        const { status, said } = inShell(new Map(files).set(path, bytes), words);
        expect({ path, at, status, said }).toMatchObject({
          status: 1,
          said: expect.stringMatching(/^NOT VERIFIED: \S+/m),
        });
      }
    },
    60_000,
  );

  it('is one that brings its own keys, another file, or a missing one', async () => {
    const { world, files } = await setUp();
    const policy = policyOf(world);
    const words = ['--key', world.key];
    for (const [path, why] of [
      ['policy.txt', /brings its own keys/],
      ['keys.txt', /brings its own keys/],
      ['tools/log-key.pem', /brings its own keys/],
      ['entries/7', /no such file belongs/],
      ['entries/07.bin', /no such file belongs/],
    ] as const) {
      const more = remade(files, (made) => made.set(path, Buffer.from(world.policy)), world);
      await expect(verifyBundle(fixedZip(more), policy)).rejects.toThrow(why);
      if (openssl)
        expect(inShell(more, words)).toMatchObject({ status: 1, said: expect.stringMatching(why) });
    }
    for (const path of ['checkpoint', 'completeness.json', 'withheld.json']) {
      const fewer = remade(files, (made) => made.delete(path), world);
      await expect(verifyBundle(fixedZip(fewer), policy)).rejects.toThrow(/missing/);
      if (openssl) expect(inShell(fewer, words).said).toMatch(/missing/);
    }
  });

  it('is one checked with other keys than the reader’s, or without the quorum that they ask for', async () => {
    const { world, zip, files } = await setUp();
    const other = signerKeyOf('ledger.example/acme/2026', 1, 77).verifierKey;
    const { formatVerifierKey } = await import('../../src/analysis/tlog/note/verifier-key.ts');
    await expect(verifyBundle(zip, policyOfKey(readKey(formatVerifierKey(other))))).rejects.toThrow(
      /no trusted/,
    );
    const stranger = formatVerifierKey(signerKeyOf('other.example', 4, 78).verifierKey);
    const policy = readPolicy(Buffer.from(`log ${world.key}\nwitness x ${stranger}\nquorum x\n`));
    await expect(verifyBundle(zip, policy)).rejects.toThrow(/quorum/);
    if (!openssl) return;
    expect(inShell(files, ['--key', formatVerifierKey(other)]).status).toBe(1);
    expect(inShell(files, ['--key', world.key, '--witness', stranger])).toMatchObject({
      status: 1,
      said: expect.stringMatching(/other.example did not sign/),
    });
    expect(inShell(files, []).status).toBe(2);
    expect(inShell(files, ['--key', 'nonsense']).status).toBe(2);
  });

  it('is one that lies, though whoever has the log’s key made it', async () => {
    const { world, files } = await setUp();
    const policy = policyOf(world);
    const indexes = [...files.keys()]
      .flatMap((path) => /^entries\/(\d+)\.bin$/.exec(path)?.[1] ?? [])
      .sort((a, b) => Number(a) - Number(b));
    const [first = '', second = '', third = ''] = indexes;
    const lineOf = (text: string, name: string): string =>
      text.split('\n').find((line) => Buffer.from(line, 'base64url').includes(`","${name}",`)) ?? '';
    const drop = (made: Map<string, Uint8Array>, index: string): void => {
      for (const path of [`entries/${index}.bin`, `proofs/${index}.tlog-proof`, `disclosures/${index}.txt`])
        made.delete(path);
      edit(
        made,
        'withheld.json',
        (text) =>
          `${text
            .split('\n')
            .filter((line) => !line.includes(`"index":${index},`))
            .join('\n')
            .replace(/,\n\]/, '\n]')}`,
      );
    };
    const lies: [string, RegExp, (made: Map<string, Uint8Array>) => void][] = [
      ['an entry left out', /one is missing/, (made) => drop(made, second)],
      [
        'an entry left out, and the claim made to fit',
        /one is missing/,
        (made) => {
          drop(made, second);
          edit(made, 'completeness.json', (text) => text.replace('"last":6', '"last":5'));
        },
      ],
      ['the beginning left out', /is due|are not/, (made) => drop(made, first)],
      [
        'an entry exchanged',
        /does not lead|no digest/,
        (made) => made.set(`entries/${second}.bin`, made.get(`entries/${third}.bin`) ?? Buffer.of()),
      ],
      [
        'the proof of another',
        /is of entry|not the index/,
        (made) =>
          made.set(`proofs/${second}.tlog-proof`, made.get(`proofs/${third}.tlog-proof`) ?? Buffer.of()),
      ],
      [
        'a value exchanged',
        /no digest/,
        (made) =>
          edit(made, `disclosures/${first}.txt`, (text) => {
            const line = lineOf(text, 'action');
            return text.replace(
              line,
              Buffer.from(Buffer.from(line, 'base64url').toString().replace('view', 'none')).toString(
                'base64url',
              ),
            );
          }),
      ],
      [
        'a number hidden',
        /one is missing|it is number/,
        (made) =>
          edit(made, `disclosures/${second}.txt`, (text) => text.replace(`${lineOf(text, 'chain')}\n`, '')),
      ],
      [
        'a value shown twice',
        /twice|no such digest|shows this/,
        (made) => edit(made, `disclosures/${second}.txt`, (text) => `${text}${lineOf(text, 'action')}\n`),
      ],
      [
        'values withheld that the entry never had',
        /holds no such digest/,
        (made) =>
          edit(made, 'withheld.json', (text) =>
            text.replace(/(?<="digests":\[")./, (sign) => (sign === 'Q' ? 'R' : 'Q')),
          ),
      ],
      [
        'a digest called withheld that is shown',
        /shows this value/,
        (made) => {
          const text = Buffer.from(made.get(`disclosures/${first}.txt`) ?? '').toString();
          const digest = sha256url(lineOf(text, 'action'));
          edit(made, 'withheld.json', (all) =>
            all.replace(new RegExp(`("digests":\\[)("[^\\]]*"\\],"index":${first},)`), `$1"${digest}",$2`),
          );
        },
      ],
      [
        'a proof under another checkpoint',
        /another checkpoint/,
        (made) => edit(made, `proofs/${second}.tlog-proof`, (text) => text.replace(/— witness[^\n]*\n/, '')),
      ],
      [
        'another customer claimed',
        /about this customer/,
        (made) =>
          edit(made, 'completeness.json', (text) => text.replace(/cus_[^"]*/, `cus_${'x'.repeat(22)}`)),
      ],
    ];
    for (const [name, why, change] of lies) {
      const made = remade(files, change, world);
      await expect(verifyBundle(fixedZip(made), policy), name).rejects.toThrow(why);
      if (!openssl) continue;
      const { status, said } = inShell(made, ['--key', world.key]);
      expect({ name, status, said }).toMatchObject({
        status: 1,
        said: expect.stringMatching(/^NOT VERIFIED: \S+/m),
      });
    }
  }, 60_000);

  it('is a zip made otherwise: compressed, in another order, with a comment, with a file twice', async () => {
    const { world, files, zip } = await setUp();
    const { zipSync } = await import('fflate');
    const policy = policyOf(world);
    const date = new Date(1980, 0, 1);
    const asContent = (names: readonly string[], level: 0 | 6, mtime: Date) =>
      Buffer.from(
        zipSync(
          Object.fromEntries(names.map((name) => [name, [files.get(name) ?? Buffer.of(), { level, mtime }]])),
        ),
      );
    const names = [...files.keys()].sort();
    expect(asContent(names, 0, date).equals(zip)).toBe(true);
    for (const made of [
      asContent(names, 6, date),
      asContent(names.toReversed(), 0, date),
      asContent(names, 0, new Date(1999, 5, 5)),
    ])
      await expect(verifyBundle(made, policy)).rejects.toThrow(/^zip, /);
  });
});

describe('a bundle’s older checkpoints and timestamps', () => {
  it('fit the one that it was made under; one of another history does not', async () => {
    const { world, zip, older, files } = await setUp();
    const policy = policyOf(world);
    await verifyBundle(zip, policy, { held: [older] });
    const folder = temporaryDirectory();
    writeFileSync(join(folder, 'held'), older);
    const words = ['--key', world.key, '--held', join(folder, 'held')];
    if (openssl)
      expect(inShell(files, words).said).toMatch(/kept is the beginning of this one\n.*verified\n$/s);
    const path = [...files.keys()].find((name) => name.startsWith('consistency/')) ?? '';
    const wrong = remade(
      files,
      (made) => edit(made, path, (text) => `${Buffer.alloc(32).toString('base64')}\n${text.slice(45)}`),
      world,
    );
    await expect(verifyBundle(fixedZip(wrong), policy, { held: [older] })).rejects.toThrow(/^consistency/);
    if (openssl) expect(inShell(wrong, words).said).toMatch(/NOT VERIFIED: consistency/);
    const without = remade(files, (made) => made.delete(path), world);
    await expect(verifyBundle(fixedZip(without), policy, { held: [older] })).rejects.toThrow(/ask for one/);
    if (openssl) expect(inShell(without, words).said).toMatch(/ask for one/);
  });

  it.skipIf(openssl === undefined)(
    `are stamped, and openssl accepts the tokens under the reader’s own certificate ${openssl ? '' : 'skipped: openssl is not installed'}`,
    async () => {
      const authority = timestampAuthority();
      onTestFinished(authority.remove);
      const service = await authority.listen();
      onTestFinished(service.stop);
      const world = await bundleWorld();
      await world.fill(5);
      const stamped = Buffer.from(formatNote((await world.checkpointOver()).note));
      const stamp = await stampBy(service.url)(stamped);
      if ('problem' in stamp) throw new Error(stamp.problem);
      const { rows } = await world.db.pool.query<{ size: number }>('select size from ledger_publisher');
      await world.db.pool.query(
        `insert into ledger_timestamp (origin, size, stamped, answer, at) values ('ledger.example/acme/2026', $1, $2, $3, now())`,
        [rows[0]?.size, stamped, stamp.answer],
      );
      await world.fill(2);
      const { zip, files } = await world.exported({ query: { by: 'entries', first: 2, last: 4 } });
      expect((await verifyBundle(zip, policyOf(world))).timestamps).toEqual([rows[0]?.size]);
      const words = ['--key', world.key, '--tsa-ca', authority.caFile];
      expect(inShell(files, words)).toMatchObject({
        status: 0,
        said: expect.stringMatching(/timestamp over 6 entries: \w+/),
      });
      const other = timestampAuthority('ec');
      onTestFinished(other.remove);
      expect(inShell(files, ['--key', world.key, '--tsa-ca', other.caFile]).said).toMatch(
        /does not accept it/,
      );
      const swapped = remade(
        files,
        (made) => edit(made, 'timestamps/6.checkpoint', (text) => text.replace(/— witness[^\n]*\n/, '')),
        world,
      );
      await expect(verifyBundle(fixedZip(swapped), policyOf(world))).rejects.toThrow(/does not stamp/);
      expect(inShell(swapped, ['--key', world.key]).said).toMatch(/does not stamp/);
    },
  );
});
