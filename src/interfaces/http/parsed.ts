import { Fault } from '../../model/fault.ts';
import { type FieldName, parseFieldName } from '../../model/field.ts';
import { parseId, parseViewId, type ViewId } from '../../model/id.ts';

/** What a schema has let in, as the type that the model gives it. The schemas are as strict as the parsers. */
const certain = <T>(value: T | undefined, what: string): T => {
  if (value === undefined) throw new Fault('bad-request', `the schema let in what is no ${what}`);
  return value;
};

export const viewIdOf = (text: string): ViewId => certain(parseViewId(text), 'view id');
export const fieldNameOf = (text: string): FieldName => certain(parseFieldName(text), 'field name');
export const fieldNamesOf = (texts: readonly string[]): readonly FieldName[] => texts.map(fieldNameOf);
export const idOf = <Kind extends Parameters<typeof parseId>[0]>(kind: Kind, text: string) =>
  certain(parseId(kind, text), `${kind} id`);
