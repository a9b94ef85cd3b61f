import type { Theme } from '../../analysis/watermark/encode-tile.ts';
import { type FieldName, findField } from '../../model/field.ts';
import type { ViewId } from '../../model/id.ts';
import type { Plain } from '../../model/plain.ts';
import type { MarkingPorts } from './marking-ports.ts';
import { type PixelsOnly, pixelsOnly } from './pixels-only.ts';

export interface FieldToDraw {
  readonly name: FieldName;
  readonly value: Plain<string>;
  readonly viewId: ViewId;
  readonly theme: Theme;
}

/** The field as a picture when the catalogue wants it shown as pixels only; undefined when it is shown as text. */
export const drawField = async (
  { catalogue }: Pick<MarkingPorts, 'catalogue'>,
  { name, value, viewId, theme }: FieldToDraw,
): Promise<PixelsOnly | undefined> =>
  findField(catalogue, name)?.rendering === 'pixels' ? pixelsOnly({ value, viewId, theme }) : undefined;
