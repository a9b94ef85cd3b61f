import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openCheckpoint } from './analysis/tlog/checkpoint/checkpoint.ts';
import { readTrustPolicy, type TrustPolicy } from './analysis/tlog/checkpoint/trust-policy.ts';
import type { VerifierKey } from './analysis/tlog/note/verifier-key.ts';
import { Fault } from './model/fault.ts';
import type { OutsideHead } from './records/ledger/publish/publish-ports.ts';
import type { StorageSettings } from './settings.ts';

const codeOf = (thrown: unknown): string =>
  thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'unknown error';

/**
 * Reads whose cosignatures the ledger asks for. Undefined: nobody's.
 * @throws Fault `unprocessable` with the line that is wrong
 */
export const readLedgerPolicy = async (
  { dataDir, ledgerPolicyFile }: StorageSettings,
  logKey: VerifierKey,
): Promise<TrustPolicy | undefined> => {
  const file = ledgerPolicyFile ?? join(dataDir, 'ledger-policy');
  const bytes = await readFile(file).catch((cause: unknown) => {
    if (codeOf(cause) === 'ENOENT' && ledgerPolicyFile === undefined) return undefined;
    throw new Fault(
      'unprocessable',
      `${file} cannot be read (${codeOf(cause)}): check CASEBOUND_LEDGER_POLICY`,
      {
        cause,
      },
    );
  });
  if (bytes === undefined) return undefined;
  let policy: TrustPolicy;
  try {
    policy = readTrustPolicy(bytes, file);
  } catch (cause) {
    throw new Fault('unprocessable', cause instanceof Error ? cause.message : `${file} is broken`, { cause });
  }
  // The logs in the file are for readers: which log this is, its own key says, and a new year brings a new one.
  return { ...policy, logs: [{ key: logKey, url: undefined }] };
};

/** Checkpoints that the operator put back from elsewhere: exports, copies that others kept. */
const heldFolder = 'held-checkpoints';

/**
 * The heads in the files of `held-checkpoints` in the data directory. After a restore they tell what others hold.
 * @throws Fault `ledger-stopped` for a file that is no checkpoint of this log
 */
export const heldHeads = async (
  { dataDir }: Pick<StorageSettings, 'dataDir'>,
  logKey: VerifierKey,
): Promise<OutsideHead[]> => {
  const folder = join(dataDir, heldFolder);
  const names = await readdir(folder).catch((cause: unknown) => {
    if (codeOf(cause) === 'ENOENT') return [];
    throw new Fault('ledger-stopped', `${folder} cannot be read (${codeOf(cause)})`, { cause });
  });
  return Promise.all(
    names
      .filter((name) => !name.startsWith('.'))
      .sort()
      .map(async (name) => {
        const by = join(folder, name);
        try {
          const { size, root } = openCheckpoint(await readFile(by), logKey, by);
          return { by, size, root };
        } catch (cause) {
          const why = cause instanceof Error ? cause.message : by;
          throw new Fault('ledger-stopped', `${why}: only checkpoints of ${logKey.name} belong there`, {
            cause,
          });
        }
      }),
  );
};
