/**
 * Holds an embedded server in a process of its own, for tests that kill it: `hold-server.ts DIR [share] [handles-signals]`. Prints
 * each notice and then `ready` as a line of JSON. Ends in an orderly way by signal, or at once by `exit` on
 * standard input.
 */
import { createInterface } from 'node:readline';
import { isFault } from '../../src/model/fault.ts';
import { startEmbedded } from '../../src/platform/postgres/embedded-server.ts';

const say = (line: object): void => {
  process.stdout.write(`${JSON.stringify(line)}\n`);
};

const [dataDir = '', ...words] = process.argv.slice(2);
try {
  const server = await startEmbedded({
    dataDir,
    share: words.includes('share'),
    size: { memoryMb: 512 },
    onNotice: (notice) => say({ notice: notice.kind }),
  });
  const pid = server.findPid();
  say({ ready: { pid, connection: server.connection } });
  // Work that a program finishes before it lets the database go.
  const finish = (): void => {
    setTimeout(() => {
      const running = server.findPid() === pid;
      void server.stop().then(() => process.exit(running ? 7 : 1));
    }, 500);
  };
  if (words.includes('handles-signals'))
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, finish);
  createInterface({ input: process.stdin }).on('line', (line) => {
    if (line === 'stop') void server.stop().then(() => process.exit(0));
    if (line === 'exit') process.exit(0);
  });
} catch (thrown) {
  say({
    fault: isFault(thrown) ? { code: thrown.code, message: thrown.message } : { message: String(thrown) },
  });
  process.exit(2);
}
