import type { Completeness } from '../../../analysis/tlog/bundle/statements.ts';
import type { SignedCheckpoint } from '../../../analysis/tlog/checkpoint/checkpoint.ts';
import { writeCanonicalJson } from '../../../analysis/tlog/entry/canonical-json.ts';
import { decodeDisclosure } from '../../../analysis/tlog/entry/disclosure.ts';
import { decodeEntry } from '../../../analysis/tlog/entry/entry.ts';
import { formatInstant } from '../../../model/instant.ts';
import type { KeptValue } from './kept-values.ts';

const claimWords = (claim: Completeness): string => {
  switch (claim.kind) {
    case 'customer':
      return (
        `The entries about customer ${claim.customer} from number ${claim.first} to number ${claim.last} of that\n` +
        'customer’s own numbering are all here: each shows its number and names the one before it.' +
        (claim.from === undefined && claim.to === undefined
          ? ''
          : `\nThe time asked for is ${claim.from ?? 'the beginning'} to ${claim.to ?? 'the end'}; one more entry stands on either\n` +
            'side, where there is one, to show that none is left out between.')
      );
    case 'entries':
      return `Every entry of the ledger from ${claim.first} to ${claim.last} is here.`;
    case 'none':
      return 'These entries are a selection. Nothing is claimed about what is not here.';
  }
};

/** What the bundle is, for whoever opens it first. */
export const bundleReadme = ({ origin, size }: SignedCheckpoint, claim: Completeness): string =>
  `Evidence from the ledger ${origin}, taken when it had ${size} entries.

WHAT IT SHOWS
The entries in this bundle stood in that ledger, with exactly these bytes and in this order, when its checkpoint was
signed, and when each witness cosigned it. The values shown are those that the entries committed to when they were
written. Values that are not shown cannot be exchanged for others later: withheld.json names their digests.
${claimWords(claim)}

WHAT IT DOES NOT SHOW
That an entry tells the truth, that a clock was right, or that nothing was looked at outside the ledger.
A time in an entry is what the writer's clock said. What outsiders vouch for are the times in the witnesses'
cosignatures and in the timestamp tokens, if there are any.

HOW TO CHECK IT, OFFLINE
You need the ledger's verifier key and, if you rely on witnesses, theirs. Take them from whoever answers for them and
never from a file that you were sent together with this bundle: a bundle that brought its own keys would prove nothing,
so this one has none.

1. With a shell and openssl 3 (1,000 entries take a few minutes):
       sh tools/verify-plain.sh --key 'LOG KEY' [--witness 'WITNESS KEY']... [--tsa-ca FILE] [--held CHECKPOINT]
   in the folder where you unpacked the bundle.
2. Or open tools/verify.html in a browser, choose the zip, and paste the key or your policy.
3. Or, with Node: node verify.js bundle FILE.zip --key 'LOG KEY'   (or --policy FILE)
   from the verifier's own package. If you do not trust the copies in tools/, take them from there too.

Each proofs/N.tlog-proof is also a C2SP tlog-proof by itself, for tools of others, and so are the checkpoint (C2SP
tlog-checkpoint) and the timestamp tokens (RFC 3161, openssl ts -verify).

THE FILES
checkpoint             the ledger's head, signed and cosigned
entries/N.bin          the bytes of entry N
proofs/N.tlog-proof    that entry N stands under the checkpoint
disclosures/N.txt      the values of entry N that are shown, one a line, in the form of SD-JWT disclosures
withheld.json          what is not shown, and why
completeness.json      what is claimed to be whole
consistency/A-B        that the ledger of A entries is the beginning of the one of B entries
timestamps/N.tsr       a timestamp token over timestamps/N.checkpoint
report.html            the values for people to read. It proves nothing; the files above do
manifest.txt           the SHA-256 of every file; manifest.note is signed by whoever made this bundle
`;

const escaped = (text: string): string =>
  text
    .replaceAll(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
    .replaceAll(/\p{C}/gu, (sign) => {
      const code = sign.codePointAt(0) ?? 0;
      return `\\u{${code.toString(16)}}`;
    });

interface Readable {
  readonly index: number;
  readonly bytes: Buffer;
  readonly shown: readonly KeptValue[];
}

const row = ({ index, bytes, shown }: Readable): string => {
  const { kind, at } = decodeEntry(bytes);
  const values = shown.map(({ text }) => {
    const { name, value } = decodeDisclosure(text);
    return `<dt>${escaped(name)}</dt><dd>${escaped(writeCanonicalJson(value))}</dd>`;
  });
  return `<tr><td>${index}</td><td>${formatInstant(at)}</td><td>${escaped(kind)}</td><td><dl>${values.join('')}</dl></td></tr>\n`;
};

/** The values as a page. No script, no style from elsewhere, nothing that is fetched. */
export const bundleReport = ({ origin, size }: SignedCheckpoint, entries: readonly Readable[]): string =>
  `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Entries of ${escaped(origin)}</title>
<style>body{font:14px sans-serif}td{border-top:1px solid #ccc;padding:4px;vertical-align:top}dl{margin:0}dt{font-weight:bold}dd{margin:0 0 2px 1em;overflow-wrap:anywhere}</style>
<h1>Entries of ${escaped(origin)}</h1>
<p>${entries.length} of ${size} entries. This page proves nothing: check the bundle as README.txt says.</p>
<table>
<tr><th>entry</th><th>time</th><th>kind</th><th>values shown</th></tr>
${entries.map(row).join('')}</table>
</html>
`;
