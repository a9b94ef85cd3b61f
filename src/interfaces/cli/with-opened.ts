import type { StorageSettings } from '../../settings.ts';
import type { CommandArguments, CommandIo } from './command.ts';

/** Opens what a command works on, does the work, and closes it whatever happens. */
export const withOpened = async <Opened extends { close(): Promise<void> }, T>(
  { args, io }: { readonly args: CommandArguments; readonly io: CommandIo },
  open: (settings: StorageSettings) => Promise<Opened>,
  work: (opened: Opened) => Promise<T>,
): Promise<T> => {
  const { readStorageSettings } = await import('../../settings.ts');
  const opened = await open(readStorageSettings({ dataDir: args.text('data') ?? '' }, io.environment));
  try {
    return await work(opened);
  } finally {
    io.showProgress(undefined);
    await opened.close();
  }
};
