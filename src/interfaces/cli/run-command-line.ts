import type { Command, CommandIo, ExitStatus } from './command.ts';
import { readArguments, readRequest } from './command-line.ts';
import { presentCommandHelp, presentHelp } from './present-help.ts';
import { presentThrown } from './present-thrown.ts';

/** Runs what the words after `casebound` ask for. Never throws: whatever goes wrong becomes one line and a status. */
export const runCommandLine = async (
  words: readonly string[],
  commands: readonly Command[],
  io: CommandIo,
): Promise<ExitStatus> => {
  try {
    const request = readRequest(words, commands);
    if (request.kind === 'help') {
      const lines = request.command ? presentCommandHelp(request.command) : presentHelp(commands);
      for (const line of lines) io.answer(line);
      return 0;
    }
    return await request.command.run(readArguments(request.command, request.words), io);
  } catch (thrown) {
    io.showProgress(undefined);
    const { line, status } = presentThrown(thrown);
    io.tell(`casebound: ${line}`);
    if (io.environment['CASEBOUND_TRACE'] === '1' && thrown instanceof Error) io.tell(thrown.stack ?? '');
    return status;
  }
};
