import { append } from '../../records/ledger/ledger.ts';

export const more = append;
