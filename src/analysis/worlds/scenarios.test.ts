import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseCatalogue } from '../catalogue/parse-catalogue.ts';
import { buildWorld } from './build-world.ts';
import { scenarioNamed, scenarios } from './scenarios.ts';
import { bankTrade } from './trade.ts';

describe('the scenarios', () => {
  it('are eighteen incidents and the negative controls, each with a name of its own', () => {
    const names = scenarios.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(scenarios.filter(({ kind }) => kind === 'incident')).toHaveLength(18);
    expect(scenarios.filter(({ kind }) => kind === 'control').map(({ name }) => name)).toEqual([
      'outage-day',
      'fraud-desk',
      'quality-review',
      'follow-the-sun',
      'shared-case',
      'recall-campaign',
      'bad-press',
    ]);
    for (const name of names) expect(scenarioNamed(name)?.name).toBe(name);
    expect(scenarioNamed('nowhere')).toBeUndefined();
  });

  it('name their source, and say what looks cannot show where nobody can see it', () => {
    for (const { name, figures, story, kind, outOfSight, plan } of scenarios) {
      expect(figures.source, name).not.toBe('');
      expect(story.length, name).toBeGreaterThan(40);
      if (kind === 'control') expect(plan(1).thefts, name).toEqual([]);
      if (plan(1).thefts.some((theft) => theft.kind === 'own-cases-only'))
        expect(outOfSight, name).not.toBe('');
    }
  });

  it('keep the figures of the anchor incident as they were filed', () => {
    const figures = scenarioNamed('coinbase')?.figures;
    expect(figures?.daysToDetection?.count).toBe(136);
    expect(figures?.customersExposed?.count).toBe(69_461);
    expect(figures?.wronglyNamed?.words).toContain('226');
    expect(figures?.daysToNotices?.words).toContain('10 to 19');
  });

  it('steal something where an incident did, and nothing in an innocent world', () => {
    for (const name of ['okta', 'spektor', 'recall-campaign']) {
      const scenario = scenarioNamed(name);
      const plan = scenario?.plan(3);
      const sites = plan?.desk.sites.map((whole) => ({ ...whole, teams: 2, agentsPerTeam: 4 }));
      const world = plan && sites ? buildWorld({ ...plan, desk: { ...plan.desk, sites } }) : undefined;
      expect(world?.thefts.flatMap(({ takes }) => takes).length ?? 0, name).toBeGreaterThan(
        name === 'okta' ? 20 : -1,
      );
      if (name !== 'okta') expect(world?.thefts).toEqual([]);
    }
  });

  it('ask, at the bank, only for fields that the shipped catalogue lets a topic need', () => {
    const policy = join(import.meta.dirname, '..', '..', '..', 'policy', 'fields.yaml');
    const catalogue = parseCatalogue(readFileSync(policy, 'utf8'));
    for (const { name, needs } of bankTrade.queues.flatMap(({ topics }) => topics))
      for (const field of needs) {
        const topics = catalogue.fields.find((known) => known.name === field)?.topics ?? [];
        expect(topics.includes('*') || topics.includes(name), `${name} needs ${field}`).toBe(true);
      }
  });
});
