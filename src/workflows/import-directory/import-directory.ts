import type { AgentId, SessionId } from '../../model/id.ts';
import type { Chance, Clock } from '../../model/ports.ts';
import type { Role } from '../../model/role.ts';
import type { Sealer } from '../../platform/keys/subject-key.ts';
import { asDatabaseFault } from '../../platform/postgres/database-fault.ts';
import { lockDirectory, readKnownDirectory } from '../../records/directory/known-directory.ts';
import type { ToldDirectory } from '../../records/directory/told-directory.ts';
import { type DirectoryWritten, writeDirectory } from '../../records/directory/write-directory.ts';
import type { EntryDraft, Json, Ledger } from '../../records/ledger/entry-draft.ts';
import type { CaseboundDatabase } from '../../records/schema/tables.ts';
import { checkDirectory } from './check-directory.ts';
import { type DirectoryChanges, describeChanges } from './describe-changes.ts';
import type { DirectoryFile } from './directory-file.ts';
import { readEntries } from './read-entries.ts';
import { type Problem, Problems } from './told-entry.ts';

export interface ImportDirectoryPorts {
  readonly db: CaseboundDatabase;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly ledger: Ledger;
  readonly agentSealer: (agentId: AgentId) => Promise<Sealer>;
}

/** The administrator who imports; undefined at the operator's own command line, where nobody is signed in. */
export interface Importer {
  readonly agentId: AgentId;
  readonly role: Role;
  readonly sessionId: SessionId;
}

export type DirectoryImported =
  | { readonly kept: true; readonly written: DirectoryWritten; readonly changes: DirectoryChanges }
  | {
      readonly kept: false;
      /** `problemsNamedMax` of them at most, in the order of the file's lists. */
      readonly problems: readonly Problem[];
      readonly problemCount: number;
    };

/** Role changes that the entry names one by one; beyond, it counts them. */
const rolesNamedMax = 200;

const countsOf = (written: DirectoryWritten): Json =>
  Object.fromEntries(Object.entries(written).map(([kind, { added, changed }]) => [kind, { added, changed }]));

const changesAnything = (written: DirectoryWritten): boolean =>
  Object.values(written).some(({ added, changed }) => added + changed > 0);

interface Outcome {
  readonly written: DirectoryWritten;
  readonly changes: DirectoryChanges;
}

const draftOf = async (
  { clock, agentSealer }: ImportDirectoryPorts,
  { written, changes }: Outcome,
  { file, by }: { readonly file: DirectoryFile; readonly by: Importer | undefined },
): Promise<EntryDraft> => {
  const draft: EntryDraft = { kind: 'config/v1', at: clock.now() };
  if (!by) return draft;
  const detail: Record<string, Json> = {
    what: 'directory',
    file_sha256: file.hash,
    counts: countsOf(written),
    agents_moved: changes.agentsMoved.length,
    states_changed: changes.statesChanged.length,
    subjects_changed: changes.subjectsChanged.length,
    roles_changed: changes.rolesChanged.length,
    roles: changes.rolesChanged.slice(0, rolesNamedMax).map(({ ref, from, to }) => [ref, from ?? null, to]),
  };
  const disclosures = { agent: by.agentId, role: by.role, session: by.sessionId, detail };
  return { ...draft, by: { agentId: by.agentId, sealer: await agentSealer(by.agentId), disclosures } };
};

/** Thrown to roll the transaction back when the directory has problems; never leaves this file. */
class NotKept extends Error {}

const check = (
  told: ToldDirectory,
  known: Awaited<ReturnType<typeof readKnownDirectory>>,
  problems: Problems,
): void => {
  checkDirectory(told, known, problems);
  if (problems.count > 0) throw new NotKept('the directory has problems');
};

/**
 * Imports a whole directory: all of it or, when anything is wrong, nothing. Importing the same file again changes
 * nothing; what the file does not name stays and is listed. An entry is in the ledger before the change counts; an
 * entry without a change can follow from a crash in between, a change without an entry cannot.
 * @throws Fault `busy` when the directory changes at the same moment, `storage-down` and its like.
 */
export const importDirectory = async (
  ports: ImportDirectoryPorts,
  file: DirectoryFile,
  by?: Importer,
): Promise<DirectoryImported> => {
  const problems = new Problems();
  for (const { where, problem } of file.problems.named) problems.add(where, problem);
  const told = readEntries(file.entries, problems);
  const work = ports.db.kysely
    .transaction()
    .setIsolationLevel('read committed')
    .execute(async (tx): Promise<Outcome> => {
      await lockDirectory(tx);
      const known = await readKnownDirectory(tx);
      check(told, known, problems);
      const changes = describeChanges(told, known);
      const written = await writeDirectory(tx, { told, known }, ports.chance);
      const outcome = { written, changes };
      if (changesAnything(written)) await ports.ledger.append(await draftOf(ports, outcome, { file, by }));
      return outcome;
    });
  try {
    return { kept: true, ...(await work) };
  } catch (thrown) {
    if (thrown instanceof NotKept)
      return { kept: false, problems: problems.named, problemCount: problems.count };
    throw asDatabaseFault(thrown);
  }
};
