export const late = () => import('../../records/ledger/ledger.ts');
