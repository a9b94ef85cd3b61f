import { once } from 'node:events';
import { join, resolve } from 'node:path';
import {
  formatVerifierKey,
  readVerifierKey,
  signatureTypes,
  type VerifierKey,
} from './analysis/tlog/note/verifier-key.ts';
import { witnessServer } from './interfaces/witness/witness-server.ts';
import { Fault, isFault } from './model/fault.ts';
import { systemChance } from './platform/chance/system-chance.ts';
import { systemClock } from './platform/clock/system-clock.ts';
import { openWitnessKey } from './records/witness/witness-key.ts';
import { WitnessMemory } from './records/witness/witness-memory.ts';
import { cosignCheckpoint } from './workflows/cosign-checkpoint/cosign-checkpoint.ts';

export interface WitnessSettings {
  readonly dataDir: string;
  readonly host: string;
  readonly port: number;
  readonly name: string | undefined;
  /** Verifier keys of the logs, as text. */
  readonly logs: readonly string[];
  /** Told what stops it from cosigning. */
  readonly onFault: (line: string) => void;
}

export interface RunningWitness {
  readonly url: string;
  readonly vkey: string;
  stop(): Promise<void>;
}

const readLogKey = (text: string): VerifierKey => {
  try {
    const key = readVerifierKey(text);
    if (key.type === signatureTypes.ed25519) return key;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'not a verifier key';
    throw new Fault('unprocessable', `--log ${text}: ${why}`, { cause });
  }
  throw new Fault('unprocessable', `--log ${text}: that is the key of a witness, not of a log`);
};

/**
 * Starts a witness and resolves when it answers. Its memory of every log is read first: one that is damaged stops it
 * here and not in the middle of the night.
 * @throws Fault with one line for the operator
 */
export const startWitness = async (settings: WitnessSettings): Promise<RunningWitness> => {
  const logKeys = settings.logs.map(readLogKey);
  if (logKeys.length === 0)
    throw new Fault('unprocessable', 'a witness needs the key of at least one log: --log VKEY');
  const folder = resolve(settings.dataDir);
  const signer = await openWitnessKey({
    file: join(folder, 'keys', 'witness-key'),
    chance: systemChance,
    name: settings.name,
  });
  const memory = new WitnessMemory(folder, systemChance, logKeys);
  for (const { name } of logKeys) await memory.latest(name);
  const server = witnessServer({
    cosign: (body) => cosignCheckpoint({ signer, logKeys, memory, clock: systemClock }, body),
    onAnswered(status, thrown) {
      if (thrown !== undefined)
        settings.onFault(isFault(thrown) ? thrown.message : `answered ${status}: a bug of this program`);
    },
  });
  server.listen(settings.port, settings.host);
  await once(server, 'listening').catch((cause: NodeJS.ErrnoException) => {
    const where = `${settings.host}:${settings.port}`;
    throw new Fault('unprocessable', `cannot listen on ${where} (${cause.code}): name a free port`, {
      cause,
    });
  });
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : settings.port;
  return {
    url: `http://${settings.host.includes(':') ? `[${settings.host}]` : settings.host}:${port}`,
    vkey: formatVerifierKey(signer.verifierKey),
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeIdleConnections();
      await closed;
    },
  };
};
