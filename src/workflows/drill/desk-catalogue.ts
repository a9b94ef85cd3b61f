import type { World } from '../../analysis/worlds/build-world.ts';
import { type Catalogue, type CatalogueField, type FieldName, findField } from '../../model/field.ts';

const fieldOf = (name: string, topics: readonly string[]): CatalogueField => ({
  name: name as FieldName,
  label: name,
  class: 'personal',
  mask: 'hidden',
  topics,
  lookup: undefined,
  contact: undefined,
  rendering: 'text',
  charsMax: 200,
});

/**
 * The field catalogue that the desk of this world would have: the installation's own where it knows the desk's
 * fields; otherwise one in which each field is for the topics whose work needs it.
 */
export const deskCatalogue = (world: World, own: Catalogue): Catalogue => {
  const needed = new Set([...world.needs.values()].flat());
  if ([...needed].every((name) => findField(own, name))) return own;
  const held = new Set([...needed, ...world.log.names.fieldSets.flatMap((set) => set.split(' '))]);
  held.delete('');
  const fields = [...held].map((name) =>
    fieldOf(
      name,
      [...world.needs].flatMap(([topic, names]) => (names.includes(name) ? [topic] : [])),
    ),
  );
  return { version: 'desk', fields };
};
