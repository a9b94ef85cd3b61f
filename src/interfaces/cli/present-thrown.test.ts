import { describe, expect, it } from 'vitest';
import { Fault, faults } from '../../model/fault.ts';
import { presentThrown } from './present-thrown.ts';
import { WrongUse } from './wrong-use.ts';

const secret = 'anna.schmidt@example.org';

describe('what the operator reads when something was thrown', () => {
  it('is the fault’s own line, with 2 for what the asker can mend and 69 for what the machine lacks', () => {
    expect(presentThrown(new Fault('unprocessable', 'cases.csv, row 3: no such day'))).toEqual({
      line: 'cases.csv, row 3: no such day',
      status: 2,
    });
    expect(presentThrown(new Fault('storage-full', 'the disk of ./data is full'))).toEqual({
      line: 'the disk of ./data is full',
      status: 69,
    });
  });

  it('is one line, whatever was thrown', () => {
    for (const code of Object.keys(faults) as (keyof typeof faults)[])
      expect(presentThrown(new Fault(code, 'one\n  two')).line).not.toContain('\n');
    expect(presentThrown(new WrongUse('one\ntwo'))).toEqual({ line: 'one two', status: 2 });
  });

  it('tells of a bug where it is and never what its message says', () => {
    for (const thrown of [new TypeError(secret), new Fault('bug', secret), secret, undefined, { secret }]) {
      const { line, status } = presentThrown(thrown);
      expect(status).toBe(70);
      expect(line).not.toContain(secret);
      expect(line).toMatch(/^a bug: \w+ at \S.*, reference [0-9a-f]{8}\. /);
    }
    expect(presentThrown(new TypeError('x')).line).toContain('src/interfaces/cli/present-thrown.test.ts');
  });

  it('gives the same bug the same reference', () => {
    const broken = (message: string) => new TypeError(message);
    const [first, second] = ['a', 'b'].map((message) => presentThrown(broken(message)).line);
    expect(first).toBe(second);
    expect(presentThrown(new RangeError('a')).line).not.toBe(first);
  });
});
