import type { AgentId, SessionId, TeamId } from '../../model/id.ts';
import type { Role } from '../../model/role.ts';
import type { Unit } from '../../model/unit.ts';

/** Who asks: the session that the door has found live, with the standing number it was begun under. */
export interface StandingAsker {
  readonly agentId: AgentId;
  readonly sessionId: SessionId;
  readonly standingNo: number;
}

export type StandingTarget = Unit | { readonly what: 'agent'; readonly id: AgentId };

/** One change of who may work. `reason` is kept sealed in the entry and nowhere else. */
export type StandingAsk = (
  | { readonly act: 'suspend' | 'activate'; readonly target: StandingTarget }
  | { readonly act: 'move'; readonly agentId: AgentId; readonly teamId: TeamId }
  | { readonly act: 'change-role'; readonly agentId: AgentId; readonly role: Role }
) & { readonly reason: string | undefined };

/** The longest reason that is kept, in characters. */
export const reasonCharsMax = 500;

/** Why a change was refused. `not-there` says the same of what does not exist and of what is not the asker's. */
export const standingRefusals = {
  'role-cannot': 'Your role does not include this.',
  'session-ended': 'Your session has ended. Sign in again.',
  'account-suspended': 'Your access is paused. Your lead knows why and what happens next.',
  'not-there': 'There is no such person, team, site or vendor for you to change.',
  yourself: 'This would change your own standing. Ask someone else who may.',
  'has-left': 'This person has left. Bring them back with the next directory import.',
  'role-not-there': 'That role is for people of the organisation itself. Choose another role or team.',
  'no-team': 'That role needs a team. Give the person a team with the next directory import.',
} as const;
export type StandingRefusalCode = keyof typeof standingRefusals;

export interface StandingRefusal {
  readonly refused: StandingRefusalCode;
  readonly sentence: string;
}

export const refuseStanding = (code: StandingRefusalCode): StandingRefusal => ({
  refused: code,
  sentence: standingRefusals[code],
});

export interface StandingChanged {
  /** False when it already was as asked: nothing was recorded and nothing changed. */
  readonly changed: boolean;
  /** The entry's place in the ledger. */
  readonly seq: number | undefined;
  readonly sessionsEnded: number;
}
