/** The command line itself is wrong. Its message is the one line that the writer reads. */
export class WrongUse extends Error {
  override readonly name = 'WrongUse';
}
