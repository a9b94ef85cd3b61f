/**
 * Why we said no, in the words that the asker reads. Several inner reasons share one outward sentence where a
 * difference would tell a stranger that a case or a customer exists: those are all `not-yours`.
 */
export const refusals = {
  'not-yours': 'You hold no open case of this customer. Open the case in your help desk first.',
  'case-closed': 'This case is closed. Reopen it in the help desk if the customer is back.',
  'case-moved': 'This case is now in other hands. Ask its holder, or have it assigned to you.',
  'case-quiet':
    'Nothing has happened on this case for a long time. Reply to the customer first, then try again.',
  'case-not-started-by-customer':
    'The customer did not start this case. Ask a colleague outside your vendor to approve the look.',
  'view-ended': 'This view has ended. Open the customer again from your case.',
  'session-ended': 'Your session has ended. Sign in again.',
  'role-cannot': 'Your role does not include this.',
  'account-suspended': 'Your access is paused. Your lead knows why and what happens next.',
  'field-not-needed':
    'This topic does not need that field. If it does, ask for the case topic to be corrected.',
  'field-above-role':
    'Your role may not see fields of this class in a case the customer did not start. Ask a colleague outside your vendor to approve the look.',
  'field-unknown': 'There is no such field to show.',
  'reason-missing': 'Say in a few words why you need this for the case.',
  'reason-empty': 'That reason says nothing a colleague could check. Name what the customer needs.',
  'reason-repeated': 'You gave the very same reason on other cases. Say what this case needs.',
  'budget-agent-hour':
    'You have used this hour’s reveals. They come back as the hour passes; masked views still work.',
  'budget-agent-shift':
    'You have used this shift’s reveals. Masked views still work; a lead can reassign the case.',
  'budget-agent-customers':
    'You have opened as many customers as one shift needs. A lead can reassign the case.',
  'budget-agent-lookups': 'You have used this hour’s look-ups. They come back as the hour passes.',
  'budget-team-hour': 'Your team has used this hour’s reveals. They come back as the hour passes.',
  'budget-team-shift': 'Your team has used this shift’s reveals.',
  'budget-team-customers': 'Your team has opened as many customers as one shift needs.',
  'budget-vendor-hour': 'Your company has used this hour’s reveals. They come back as the hour passes.',
  'budget-vendor-shift': 'Your company has used this shift’s reveals.',
  'budget-vendor-customers': 'Your company has opened as many customers as one shift needs.',
  'needs-second-person':
    'This needs a second person from outside your vendor. Ask for approval, then try again.',
  'not-independent':
    'You cannot decide this: you asked for it, or work with the person who did. Leave it to someone else.',
  'no-match': 'Nobody is found by that value for this case. Check the spelling with the customer.',
  'several-match': 'More than one customer fits that value. Ask for another detail and look up by that.',
  throttled: 'Too many tries in one minute. Wait a little, then go on.',
  'export-closed': 'Records are not taken out this way.',
  held: 'A legal hold covers this, so nothing of it may be destroyed. Ask whoever answers for the hold.',
  'has-not-left':
    'This person still works here. Erase them after they have left and their accounts are closed.',
  'same-person': 'Lifting a hold takes two people. Someone else has to confirm it.',
  'policy-error': 'The rules could not be evaluated, so nothing is shown. The operator has been told.',
} as const;

export type RefusalCode = keyof typeof refusals;

/** A budget with nothing left, named as the refusal that says so. */
export type BudgetRefusal = Extract<RefusalCode, `budget-${string}`>;

/** A no with its reason. Refusals are returned, never thrown, and each has an entry in the ledger. */
export interface Refusal {
  readonly refused: RefusalCode;
  readonly sentence: string;
}

export const refuse = (code: RefusalCode): Refusal => ({ refused: code, sentence: refusals[code] });

export const isRefusal = (answer: unknown): answer is Refusal =>
  typeof answer === 'object' && answer !== null && 'refused' in answer;
