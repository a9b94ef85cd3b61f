import type { Command } from './command.ts';
import { serveCommand } from './serve-command.ts';
import { versionCommand } from './version-command.ts';

/** Every command there is, in the order of the help. */
export const commands: readonly Command[] = [serveCommand, versionCommand];
