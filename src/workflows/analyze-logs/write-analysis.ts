import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { AgentScore, Alert } from '../../analysis/detection/detection.ts';
import { Fault } from '../../model/fault.ts';
import { formatInstant } from '../../model/instant.ts';
import type { Analysis } from './analyze-logs.ts';
import { reportPage } from './report-page.ts';

/** One line of `alerts.ndjson`. */
export const alertLine = (alert: Alert): string =>
  JSON.stringify({
    at: formatInstant(alert.at),
    agent: alert.agent,
    kind: alert.kind,
    score: alert.score,
    reasons: alert.reasons,
    accesses: alert.accesses.map((access) => ({
      at: formatInstant(access.at),
      action: access.action,
      customer: access.customer,
      case: access.case,
      why: access.why,
    })),
    innocent_explanations: alert.innocentExplanations,
    would_clear: alert.wouldClear,
    members: alert.members,
  });

/** RFC 4180: quoted when it must be. */
const csvCell = (text: string): string =>
  /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;

export const agentsCsv = (agents: readonly AgentScore[]): string =>
  [
    'agent,score,accesses,customers,unexplained,alerts',
    ...agents.map((agent) =>
      [
        csvCell(agent.agent),
        agent.score.toFixed(3),
        agent.accesses,
        agent.customers,
        agent.unexplained,
        agent.alerts,
      ].join(','),
    ),
    '',
  ].join('\n');

const writeFault = (path: string, thrown: unknown): Fault => {
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'unknown reason';
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new Fault('storage-full', `${path} cannot be written: the disk is full`);
  return new Fault('unprocessable', `${path} cannot be written (${code}): name a folder you may write to`);
};

/** Beside its place first, then moved: nobody ever reads half a file. */
const replaceFile = async (folder: string, name: string, text: string): Promise<void> => {
  const path = join(folder, name);
  const staged = join(folder, `.${name}.part`);
  let handle: FileHandle | undefined;
  try {
    handle = await open(staged, 'w', 0o600);
    await handle.writeFile(text);
    await handle.sync();
    await handle.close();
    handle = undefined;
    await rename(staged, path);
  } catch (thrown) {
    await handle?.close();
    await rm(staged, { force: true });
    throw writeFault(path, thrown);
  }
};

/** A folder that cannot be written to shows before a long reading, not after it. */
export const openOutFolder = async (folder: string): Promise<void> => {
  try {
    await mkdir(folder, { recursive: true });
  } catch (thrown) {
    throw writeFault(folder, thrown);
  }
  await replaceFile(folder, '.casebound', '');
  await rm(join(folder, '.casebound'), { force: true });
};

/**
 * Writes `alerts.ndjson`, `agents.csv` and `report.html` into the folder, each whole or not at all.
 * @throws Fault `unprocessable` or `storage-full`
 */
export const writeAnalysis = async (analysis: Analysis, folder: string): Promise<void> => {
  const lines = analysis.alerts.map((alert) => `${alertLine(alert)}\n`).join('');
  await replaceFile(folder, 'alerts.ndjson', lines);
  await replaceFile(folder, 'agents.csv', agentsCsv(analysis.agents));
  await replaceFile(folder, 'report.html', reportPage(analysis));
};
