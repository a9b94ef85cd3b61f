import type { Ledger } from '../../records/ledger/ledger.ts';

export type Known = Ledger;
