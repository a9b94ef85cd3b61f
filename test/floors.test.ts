import { existsSync, globSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { cruise } from 'dependency-cruiser';
import extractDepcruiseOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';
import { describe, expect, it } from 'vitest';

const project = join(import.meta.dirname, '..');
const planted = join(import.meta.dirname, 'planted');
const laws = await extractDepcruiseOptions(join(project, '.dependency-cruiser.mjs'));
const rules = (laws.ruleSet?.forbidden ?? []).map((rule) => ({
  name: rule.name ?? '',
  comment: rule.comment ?? '',
}));
const trees = ['src', 'demo', 'bench', 'test', 'verifier', 'console'];

interface Broken {
  readonly rule: string;
  readonly from: string;
  readonly to: string;
  /** For a cycle: all files on it. */
  readonly files: readonly string[];
}

const isWrong = (file: string): boolean => basename(file).startsWith('wrong');

const brokenIn = async (baseDir: string): Promise<readonly Broken[]> => {
  const present = trees.filter((tree) => existsSync(join(baseDir, tree)));
  const { output } = await cruise(present, { ...laws, baseDir, validate: true });
  if (typeof output === 'string') throw new Error('expected a cruise result, not a text');
  expect(output.summary.totalCruised, 'files looked at').toBeGreaterThan(1);
  return output.summary.violations.map(({ rule, from, to, cycle }) => ({
    rule: rule.name,
    from,
    to,
    files: [from, ...(cycle ?? []).map((step) => step.name)],
  }));
};

describe('who imports whom', () => {
  it('keeps every law of .dependency-cruiser.mjs in our own sources', { timeout: 180_000 }, async () => {
    const broken = await brokenIn(project);
    expect(broken.map(({ rule, from, to }) => `${rule}: ${from} imports ${to}`)).toEqual([]);
  });

  it('has a planted violation for each law, and no plant without a law', () => {
    expect(readdirSync(planted).toSorted()).toEqual(rules.map(({ name }) => name).toSorted());
  });
});

describe('a planted violation', { timeout: 60_000 }, () => {
  // In each plant the files named wrong-... break the law of its folder; all its other files keep every law.
  it.each(rules)('of $name is found, and nothing else: $comment', async ({ name }) => {
    const plant = join(planted, name);
    const wrong = globSync('**/wrong*.ts', { cwd: plant }).toSorted();
    const broken = await brokenIn(plant);
    expect([...new Set(broken.map(({ rule }) => rule))]).toEqual([name]);
    expect([...new Set(broken.flatMap(({ files }) => files))].filter(isWrong).toSorted()).toEqual(wrong);
    expect(broken.map(({ from }) => from).filter((file) => !isWrong(file))).toEqual([]);
  });
});
