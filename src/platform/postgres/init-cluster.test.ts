import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { temporaryDirectory } from '../../../test/support/temporary-directory.ts';
import { startEmbedded } from './embedded-server.ts';

const holdScript = join(import.meta.dirname, '../../../test/support/hold-server.ts');

describe('making the cluster', { timeout: 120_000 }, () => {
  it('that was cut off half-way is begun anew, and the half is removed', async () => {
    const dataDir = join(temporaryDirectory(), 'd');
    const child = spawn(process.execPath, [holdScript, dataDir], { stdio: 'ignore', detached: true });
    const halves = (): string[] =>
      existsSync(dataDir) ? readdirSync(dataDir).filter((name) => name.startsWith('cluster.new-')) : [];
    const isUnderWay = (): boolean => halves().some((name) => existsSync(join(dataDir, name, 'base')));
    while (!isUnderWay()) await pause(2);
    // Node and initdb alike: they are one process group.
    process.kill(-(child.pid ?? 0), 'SIGKILL');
    await once(child, 'exit');
    expect(halves()).toHaveLength(1);
    expect(existsSync(join(dataDir, 'cluster'))).toBe(false);
    const server = await startEmbedded({ dataDir, withoutDurabilityForTests: true });
    onTestFinished(() => server.stop());
    expect(halves()).toEqual([]);
  });

  it('leaves the work of another living process alone', async () => {
    const dataDir = join(temporaryDirectory(), 'd');
    const working = join(dataDir, `cluster.new-${process.ppid}-1`);
    const dead = join(dataDir, 'cluster.new-99999999-1');
    for (const path of [working, dead]) {
      mkdirSync(path, { recursive: true });
      writeFileSync(join(path, 'PG_VERSION'), '18\n');
    }
    const server = await startEmbedded({ dataDir, withoutDurabilityForTests: true });
    onTestFinished(() => server.stop());
    expect([existsSync(working), existsSync(dead)]).toEqual([true, false]);
  });
});
