#!/usr/bin/env node
import { webcrypto } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { verifyBundle } from './bundle.js';
import { policyOfKey, readPolicy } from './checkpoint.js';
import { verifyDisclosures } from './entry.js';
import { verifyLog } from './log.js';
import { readKey } from './note.js';
import { verifyProof } from './proof.js';
import { NotVerified } from './text.js';

// Node 18 has WebCrypto, but not as a global.
globalThis.crypto ??= webcrypto;

const usage = `Usage:
  node verify.js ledger DIR (--key VKEY | --policy FILE) [--checkpoint FILE] [--held FILE]...
  node verify.js proof FILE --entry FILE (--key VKEY | --policy FILE)
  node verify.js disclosures FILE --entry FILE
  node verify.js bundle FILE.zip (--key VKEY | --policy FILE) [--held FILE]...
Add --json for a machine's answer. Keys and policies are yours: never take them from what you check.
Exit status: 0 it holds; 1 it does not; 2 wrong use or unreadable input.`;

class WrongUse extends Error {}

const readArguments = (words) => {
  const options = { held: [], json: false };
  const plain = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at];
    if (word === '--json') options.json = true;
    else if (/^--(key|policy|checkpoint|entry|held)$/.test(word)) {
      at += 1;
      if (words[at] === undefined) throw new WrongUse(`${word} needs a value`);
      if (word === '--held') options.held.push(words[at]);
      else options[word.slice(2)] = words[at];
    } else if (word.startsWith('--')) throw new WrongUse(`there is no option ${word}`);
    else plain.push(word);
  }
  return { options, plain };
};

const readInput = async (path) => {
  try {
    return new Uint8Array(await readFile(path));
  } catch (cause) {
    throw new WrongUse(`${path}: ${cause.code === 'ENOENT' ? 'there is no such file' : cause.message}`);
  }
};

const policyFrom = async ({ key, policy }) => {
  if ((key === undefined) === (policy === undefined))
    throw new WrongUse('give either --key VKEY or --policy FILE');
  return key === undefined ? readPolicy(await readInput(policy), policy) : policyOfKey(readKey(key));
};

/** Reads files of the log's folder; one that is not there is the verifier's to judge. */
const folderReader = (folder) => async (path) => {
  try {
    return new Uint8Array(await readFile(join(folder, path)));
  } catch (cause) {
    if (cause.code === 'ENOENT' || cause.code === 'ENOTDIR') return undefined;
    throw new WrongUse(`${join(folder, path)}: ${cause.message}`);
  }
};

const progress = () => {
  if (!process.stderr.isTTY) return undefined;
  let shown = 0;
  return (done, size) => {
    if (done < size && Date.now() - shown < 200) return;
    shown = Date.now();
    process.stderr.write(`\r${done} of ${size} entries${done === size ? '\n' : ''}`);
  };
};

const describe = ({ origin, size, root, cosigners }) => ({
  origin,
  size,
  root: btoa(String.fromCharCode(...root)),
  cosigners: cosigners.map(({ name, time }) => ({ name, at: new Date(time * 1000).toISOString() })),
});

const commands = {
  async ledger([folder], options) {
    const policy = await policyFrom(options);
    const handle = await open(folder).catch(() => {
      throw new WrongUse(`${folder}: there is no such folder`);
    });
    await handle.close();
    const held = await Promise.all(options.held.map(readInput));
    const checkpointBytes = options.checkpoint && (await readInput(options.checkpoint));
    const checkpoint = await verifyLog(folderReader(folder), policy, {
      held,
      checkpointBytes,
      onProgress: progress(),
    });
    return { ...describe(checkpoint), held: held.length };
  },
  async proof([file], options) {
    if (options.entry === undefined) throw new WrongUse('give the entry with --entry FILE');
    const policy = await policyFrom(options);
    const proven = await verifyProof(await readInput(file), await readInput(options.entry), policy);
    return { index: proven.index, ...describe(proven.checkpoint) };
  },
  async disclosures([file], options) {
    if (options.entry === undefined) throw new WrongUse('give the entry with --entry FILE');
    const lines = new TextDecoder()
      .decode(await readInput(file))
      .split('\n')
      .filter(Boolean);
    const { digests: _, ...answer } = verifyDisclosures(await readInput(options.entry), lines);
    return answer;
  },
  async bundle([file], options) {
    const policy = await policyFrom(options);
    const held = await Promise.all(options.held.map(readInput));
    const { checkpoint, entries, withheld, complete, timestamps } = await verifyBundle(
      await readInput(file),
      policy,
      { held },
    );
    const shown = entries.reduce((sum, { fields }) => sum + fields.length, 0);
    const summary = { ...describe(checkpoint), held: held.length, timestamps, shown, withheld, complete };
    if (!options.json) return { ...summary, entries: entries.length };
    return {
      ...summary,
      entries: entries.map(({ index, kind, at, fields }) => ({ index, kind, at, fields })),
    };
  },
};

const asLines = (answer) =>
  Object.entries(answer)
    .map(([name, value]) => `${name}: ${typeof value === 'object' ? JSON.stringify(value) : value}`)
    .join('\n');

const main = async () => {
  const { options, plain } = readArguments(process.argv.slice(2));
  const [command, ...rest] = plain;
  const asJson = (answer) => `${JSON.stringify(answer)}\n`;
  if (!Object.hasOwn(commands, command ?? '') || rest.length !== 1) throw new WrongUse(usage);
  try {
    const answer = await commands[command](rest, options);
    process.stdout.write(
      options.json ? asJson({ verified: true, ...answer }) : `verified\n${asLines(answer)}\n`,
    );
    return 0;
  } catch (thrown) {
    if (!(thrown instanceof NotVerified)) throw thrown;
    const why = thrown.message;
    process.stdout.write(options.json ? asJson({ verified: false, why }) : `NOT VERIFIED: ${why}\n`);
    return 1;
  }
};

main().then(
  (status) => {
    process.exitCode = status;
  },
  (thrown) => {
    process.stderr.write(`${thrown instanceof WrongUse ? thrown.message : thrown.stack}\n`);
    process.exitCode = 2;
  },
);
