import type { Theme } from '../../analysis/watermark/encode-tile.ts';
import { Fault } from '../../model/fault.ts';
import type { SessionId, ViewId } from '../../model/id.ts';
import { later } from '../../model/instant.ts';
import type { MarkingPorts } from './marking-ports.ts';
import { tilePicture } from './tile-picture.ts';

export interface TileAsk {
  readonly viewId: ViewId;
  readonly theme: Theme;
}

/**
 * The tile of a view for the session that the view was opened in. Nobody gets the mark of another's view: with it
 * they could paint that person's mark over a picture of their own.
 *
 * @throws Fault `not-found` when this session has no such view, or it is over
 */
export const viewTile = async (
  ports: Pick<MarkingPorts, 'clock' | 'views' | 'viewMaxMs'>,
  sessionId: SessionId,
  { viewId, theme }: TileAsk,
): Promise<Uint8Array> => {
  const since = later(ports.clock.now(), -ports.viewMaxMs);
  if (!(await ports.views.isShownIn(viewId, sessionId, since)))
    throw new Fault('not-found', 'no such view in this session');
  return tilePicture(viewId, theme);
};
