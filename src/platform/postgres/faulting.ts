import { asDatabaseFault } from './database-fault.ts';

/** Lets an answer of the database through and turns what the driver throws into a Fault. See asDatabaseFault. */
export const faulting = <T>(answer: Promise<T>): Promise<T> =>
  answer.catch((thrown: unknown) => {
    throw asDatabaseFault(thrown);
  });
