import { analyzeCommand } from './analyze/analyze-command.ts';
import type { Command } from './command.ts';
import { demoCommand } from './demo-command.ts';
import { drillCommand } from './drill/drill-command.ts';
import { eraseCertificateCommand } from './erase/erase-certificate-command.ts';
import { eraseAgentCommand, eraseCustomerCommand } from './erase/erase-command.ts';
import { eraseVerifyCommand } from './erase/erase-verify-command.ts';
import { holdLiftCommand } from './erase/hold-lift-command.ts';
import { holdListCommand } from './erase/hold-list-command.ts';
import { holdPutCommand } from './erase/hold-put-command.ts';
import { keysRewrapCommand } from './erase/keys-rewrap-command.ts';
import { retentionCommand } from './erase/retention-command.ts';
import { importCasesCommand } from './import/import-cases-command.ts';
import { importCustomersCommand } from './import/import-customers-command.ts';
import { importDirectoryCommand } from './import/import-directory-command.ts';
import { ledgerAuditCommand } from './ledger/ledger-audit-command.ts';
import { ledgerBundleCommand } from './ledger/ledger-bundle-command.ts';
import { ledgerExportCommand } from './ledger/ledger-export-command.ts';
import { ledgerProveCommand } from './ledger/ledger-prove-command.ts';
import { ledgerRestartCommand } from './ledger/ledger-restart-command.ts';
import { ledgerRotateCommand } from './ledger/ledger-rotate-command.ts';
import { ledgerVerifyCommand } from './ledger/ledger-verify-command.ts';
import { serveCommand } from './serve-command.ts';
import { attributeCommand } from './trace/attribute-command.ts';
import { exposureCommand } from './trace/exposure-command.ts';
import { versionCommand } from './version-command.ts';
import { watermarkReadCommand } from './watermark/watermark-read-command.ts';
import { watermarkTileCommand } from './watermark/watermark-tile-command.ts';
import { witnessCommand } from './witness-command.ts';

/** Every command there is, in the order of the help. */
export const commands: readonly Command[] = [
  serveCommand,
  demoCommand,
  drillCommand,
  analyzeCommand,
  attributeCommand,
  exposureCommand,
  importCustomersCommand,
  importCasesCommand,
  importDirectoryCommand,
  ledgerExportCommand,
  ledgerVerifyCommand,
  ledgerProveCommand,
  ledgerBundleCommand,
  ledgerAuditCommand,
  ledgerRotateCommand,
  ledgerRestartCommand,
  witnessCommand,
  eraseCustomerCommand,
  eraseAgentCommand,
  eraseCertificateCommand,
  eraseVerifyCommand,
  holdPutCommand,
  holdListCommand,
  holdLiftCommand,
  retentionCommand,
  keysRewrapCommand,
  versionCommand,
  watermarkTileCommand,
  watermarkReadCommand,
];
