// The page around the verifier: takes files from the reader's disk, shows what holds. It sends nothing anywhere.
import { verifyBundle } from './bundle.js';
import { policyOfKey, readPolicy } from './checkpoint.js';
import { verifyDisclosures } from './entry.js';
import { verifyLog } from './log.js';
import { readKey } from './note.js';
import { verifyProof } from './proof.js';
import { NotVerified, utf8 } from './text.js';

const element = (id) => document.getElementById(id);
const bytesOf = async (file) => new Uint8Array(await file.arrayBuffer());

const need = (id, what) => {
  const [file] = element(id).files;
  if (file === undefined) throw new NotVerified(what, 'no file is chosen');
  return bytesOf(file);
};

/** One line with plus signs is a key; anything else is a policy. */
const trusted = () => {
  const text = element('trust').value.trim();
  if (text === '') throw new NotVerified('trust', 'paste the key or the policy that you trust');
  return /\s/.test(text) ? readPolicy(utf8(`${text}\n`)) : policyOfKey(readKey(text));
};

const aboutCheckpoint = ({ origin, size, cosigners }) => [
  ['log', origin],
  ['entries', size],
  [
    'witnessed by',
    cosigners.map(({ name, time }) => `${name} at ${new Date(time * 1000).toISOString()}`).join(', '),
  ],
];

const checkEntry = async () => {
  const entry = await need('entry', 'entry');
  const { index, checkpoint } = await verifyProof(await need('proof', 'proof'), entry, trusted());
  const rows = [['entry', `number ${index} of the log`], ...aboutCheckpoint(checkpoint)];
  const [file] = element('disclosures').files;
  if (file === undefined) return rows;
  const texts = (await file.text()).split('\n').filter(Boolean);
  const { kind, at, fields, withheld } = verifyDisclosures(entry, texts);
  const values = fields.map(({ name, value }) => [name, JSON.stringify(value)]);
  return [...rows, ['kind', kind], ['time', at], ...values, ['withheld or filling', `${withheld} digests`]];
};

const checkLog = async () => {
  const policy = trusted();
  const files = new Map();
  // The browser names files from the chosen folder on: its own name goes.
  for (const file of element('folder').files)
    files.set(file.webkitRelativePath.replace(/^[^/]*\//, ''), file);
  if (files.size === 0) throw new NotVerified('log', 'no folder is chosen');
  const readFile = async (path) => (files.has(path) ? bytesOf(files.get(path)) : undefined);
  const held = await Promise.all(Array.from(element('held').files, bytesOf));
  const onProgress = (done, size) => {
    element('verdict').textContent = `${done} of ${size} entries`;
  };
  const checkpoint = await verifyLog(readFile, policy, { held, onProgress });
  return [...aboutCheckpoint(checkpoint), ['older checkpoints that fit', held.length]];
};

/** Rows for people: more would only slow the page down. */
const rowsMax = 2_000;

const checkBundle = async () => {
  const policy = trusted();
  const held = await Promise.all(Array.from(element('bundle-held').files, bytesOf));
  const found = await verifyBundle(await need('bundle', 'bundle'), policy, { held });
  const { checkpoint, entries, withheld, complete, timestamps } = found;
  const values = entries.flatMap(({ index, kind, at, fields }) => [
    [`entry ${index}`, `${at} ${kind}`],
    ...fields.map(({ name, value }) => [name, JSON.stringify(value)]),
  ]);
  return [
    ...aboutCheckpoint(checkpoint),
    ['complete', complete],
    ['entries here', entries.length],
    ['values withheld', withheld],
    ['timestamp tokens, their signatures not checked here', timestamps.length],
    ['older checkpoints that fit', held.length],
    ...values.slice(0, rowsMax),
    ...(values.length > rowsMax ? [['more', 'node verify.js bundle --json shows all']] : []),
  ];
};

const show = (verdict, text, rows) => {
  element('answer').dataset.verdict = verdict;
  element('verdict').textContent = text;
  element('rows').replaceChildren(
    ...rows.map(([name, value]) => {
      const row = document.createElement('tr');
      for (const [tag, content] of [
        ['th', name],
        ['td', value],
      ])
        row.appendChild(document.createElement(tag)).textContent = String(content);
      return row;
    }),
  );
};

const run = async (check) => {
  show('running', 'Checking…', []);
  try {
    show('holds', 'Verified', await check());
  } catch (thrown) {
    if (thrown instanceof NotVerified) show('fails', `Not verified: ${thrown.message}`, []);
    else show('broken', thrown.message, []);
  }
};

element('check-entry').addEventListener('click', () => run(checkEntry));
element('check-bundle').addEventListener('click', () => run(checkBundle));
element('check-log').addEventListener('click', () => run(checkLog));
