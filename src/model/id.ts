import type { Brand } from './brand.ts';
import type { Chance } from './ports.ts';

/**
 * Identifiers. Every one is a prefix, an underscore and 22 base62-like characters (131 bits of chance), so that
 * an id seen in a log names its kind, cannot be guessed, and says nothing about the person behind it.
 */
export type AgentId = Brand<string, 'AgentId'>;
export type VendorId = Brand<string, 'VendorId'>;
export type SiteId = Brand<string, 'SiteId'>;
export type TeamId = Brand<string, 'TeamId'>;
export type QueueId = Brand<string, 'QueueId'>;
export type ShiftId = Brand<string, 'ShiftId'>;
export type CaseId = Brand<string, 'CaseId'>;
export type CustomerId = Brand<string, 'CustomerId'>;
export type SessionId = Brand<string, 'SessionId'>;
export type ApprovalId = Brand<string, 'ApprovalId'>;
export type BreakGlassId = Brand<string, 'BreakGlassId'>;
export type AlertId = Brand<string, 'AlertId'>;
export type HoldId = Brand<string, 'HoldId'>;
export type ErasureId = Brand<string, 'ErasureId'>;
export type TraceId = Brand<string, 'TraceId'>;

const prefixes = {
  agent: 'agt',
  vendor: 'ven',
  site: 'sit',
  team: 'tea',
  queue: 'que',
  shift: 'shf',
  case: 'cas',
  customer: 'cus',
  session: 'ses',
  approval: 'apr',
  breakGlass: 'brk',
  alert: 'alt',
  hold: 'hld',
  erasure: 'ers',
  trace: 'trc',
} as const;

interface IdKinds {
  agent: AgentId;
  vendor: VendorId;
  site: SiteId;
  team: TeamId;
  queue: QueueId;
  shift: ShiftId;
  case: CaseId;
  customer: CustomerId;
  session: SessionId;
  approval: ApprovalId;
  breakGlass: BreakGlassId;
  alert: AlertId;
  hold: HoldId;
  erasure: ErasureId;
  trace: TraceId;
}

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const bodyLength = 22;
const shape = /^[a-z]{3}_[0-9A-Za-z]{22}$/;

/** The JSON Schema pattern of one kind of id, for the doors of the HTTP interface. */
export const idPattern = (kind: keyof IdKinds): string => `^${prefixes[kind]}_[0-9A-Za-z]{22}$`;

/** Makes a new id from `chance`. Rejection sampling keeps every character equally likely. */
export const newId = <Kind extends keyof IdKinds>(kind: Kind, chance: Chance): IdKinds[Kind] => {
  let body = '';
  while (body.length < bodyLength) {
    for (const byte of chance.bytes(32)) {
      if (byte < 248 && body.length < bodyLength) body += alphabet[byte % 62];
    }
  }
  return `${prefixes[kind]}_${body}` as IdKinds[Kind];
};

/** Reads an id of one kind, or answers undefined when the text is not one. */
export const parseId = <Kind extends keyof IdKinds>(kind: Kind, text: string): IdKinds[Kind] | undefined =>
  shape.test(text) && text.startsWith(`${prefixes[kind]}_`) ? (text as IdKinds[Kind]) : undefined;

/** The 48 bits that the watermark carries, as 12 lower-case hexadecimal digits. Random, so not guessable. */
export type ViewId = Brand<string, 'ViewId'>;

export const newViewId = (chance: Chance): ViewId => Buffer.from(chance.bytes(6)).toString('hex') as ViewId;

export const parseViewId = (text: string): ViewId | undefined =>
  /^[0-9a-f]{12}$/.test(text) ? (text as ViewId) : undefined;

/** A random UUID (RFC 9562 section 5.4), for keys under which a try and its repetition are one. */
export const newUuid = (chance: Chance): string => {
  const bytes = Buffer.from(chance.bytes(16));
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
};
