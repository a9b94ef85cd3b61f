/**
 * The advisory locks of Casebound, all under one class number so that another program in the same database
 * does not meet them by chance. Each number is one purpose, for good.
 */
export const lockClass = 0x43_42_4e_44;

export const lockNumber = {
  /** Held by the one process that serves from an embedded database and restarts it. */
  supervise: 1,
  /** Held, shared, by every process that works with an embedded database. */
  use: 2,
  /** Held while migrations run. */
  migrate: 3,
  /** Held while partitions are made. */
  partition: 4,
  /** Held while the supervisor makes the role and the database. */
  prepare: 5,
  /** Held while customers are imported. */
  importCustomers: 6,
  /** Held by the one process that signs the ledger's checkpoints. */
  publishLedger: 7,
  /** Held while a person is destroyed or a hold is put on; shared by imports while they store. */
  destroySubject: 8,
  /** Held while the key-encryption key is changed. */
  rewrapKeys: 9,
  /** Held by the one process that purges what is past its time. */
  purge: 10,
  /** Held by the one process that carries out erasures. */
  finishErasures: 11,
  /** Held by the one process that audits the published log. */
  auditLedger: 12,
  /** Held by the one process that begins the log of a new year. */
  openYear: 13,
  /** Held by the one process that changes the key-encryption key by itself, month by month. */
  rewrapMonthly: 14,
  /** Held by the one process that watches the accesses. */
  watchAccesses: 15,
} as const;
