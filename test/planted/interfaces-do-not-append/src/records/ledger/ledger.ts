export interface Ledger {}
export const append = 1;
