import { isFault } from '../../model/fault.ts';
import { type Plain, plain } from '../../model/plain.ts';
import { type Hold, holdReasonContext } from '../../records/hold/hold.ts';
import type { HoldPorts, HoldShown } from './hold-ports.ts';

/** More holds than anybody can answer for. */
const holdsMax = 500;

const openReason = async (ports: HoldPorts, hold: Hold): Promise<Plain<string> | undefined> => {
  try {
    const sealer = await ports.agentSealer(hold.putBy);
    return plain(sealer.open(hold.reason, holdReasonContext(hold.id)).toString());
  } catch (thrown) {
    if (isFault(thrown) && thrown.code === 'vault-closed') return undefined;
    throw thrown;
  }
};

/** The holds that stand, newest first; with `ended` those that were lifted or ran out as well. At most 500. */
export const listHolds = async (
  ports: HoldPorts,
  { ended }: { readonly ended: boolean },
): Promise<readonly HoldShown[]> => {
  const holds = await ports.holds.list({ now: ports.clock.now(), ended, countMax: holdsMax });
  return Promise.all(
    holds.map(async (hold) => {
      const { id: holdId, cover, liftAsked, lifted, putAt, putBy, seq, until } = hold;
      return {
        holdId,
        seq,
        cover,
        until,
        reason: await openReason(ports, hold),
        putBy,
        putAt,
        liftAsked,
        lifted,
      };
    }),
  );
};
