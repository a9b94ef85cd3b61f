import type { Looking } from './ask.ts';
import { contact } from './contact.ts';
import { askExport } from './export.ts';
import type { LookingPorts } from './looking-room.ts';
import { lookup } from './lookup.ts';
import { reveal } from './reveal.ts';
import { view } from './view.ts';

/** The heart with its ports in place: what the interfaces call. */
export const openLooking = (ports: LookingPorts): Looking => ({
  lookup: (asker, ask) => lookup(ports, asker, ask),
  view: (asker, ask) => view(ports, asker, ask),
  reveal: (asker, ask) => reveal(ports, asker, ask),
  contact: (asker, ask) => contact(ports, asker, ask),
  export: (asker, ask) => askExport(ports, asker, ask),
});
