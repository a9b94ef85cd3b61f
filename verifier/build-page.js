#!/usr/bin/env node
// Puts the modules into one page that opens from disk: browsers load no module files from there. The page's policy
// names the hashes of its own script and style, so it runs nothing else and can reach no network.
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const modules = [
  'sha256',
  'text',
  'note',
  'checkpoint',
  'tree',
  'log',
  'proof',
  'entry',
  'zip',
  'bundle',
  'page',
];
const read = (name) => readFile(new URL(name, import.meta.url), 'utf8');
const hashOf = (text) => `sha256-${createHash('sha256').update(text).digest('base64')}`;
const inlined = (source) => source.replace(/^import [^;]*;\n/gm, '').replace(/^export /gm, '');

export const buildPage = async () => {
  const sources = await Promise.all(modules.map((name) => read(`${name}.js`)));
  const script = `\n${sources.map(inlined).join('\n')}`;
  if (script.includes('</script')) throw new Error('the script would end the page’s script element');
  const style = `\n${await read('page.css')}`;
  const parts = { script, style, 'script-hash': hashOf(script), 'style-hash': hashOf(style) };
  return (await read('page-frame.txt')).replace(/@([a-z-]+)@/g, (_, name) => parts[name]);
};

if (process.argv[1] === fileURLToPath(import.meta.url))
  await writeFile(new URL('verify.html', import.meta.url), await buildPage());
