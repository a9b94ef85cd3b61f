import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteDictionary } from './byte-dictionary.ts';
import { ByteSource } from './byte-source.ts';

const texts = fc.array(fc.string({ unit: 'grapheme', maxLength: 20 }), { maxLength: 400 });

describe('a dictionary of bytes', () => {
  it('gives equal texts one place and unequal ones two, and gives each text back', () => {
    fc.assert(
      fc.property(texts, fc.integer(), (list, seed) => {
        const dictionary = new ByteDictionary(seed);
        const places = new Map<string, number>();
        for (const text of list) {
          const bytes = new TextEncoder().encode(`--${text}`);
          const place = dictionary.place(new ByteSource(bytes), 2, bytes.length);
          expect(place).toBe(places.get(text) ?? places.size);
          places.set(text, place);
        }
        for (const [text, place] of places)
          expect(new TextDecoder('utf-8', { ignoreBOM: true }).decode(dictionary.bytesOf(place))).toBe(text);
      }),
    );
  });

  it('keeps its places while it grows, and packs any tail of its texts', () => {
    const dictionary = new ByteDictionary(7);
    const placed = (text: string): number => {
      const bytes = new TextEncoder().encode(text);
      return dictionary.place(new ByteSource(bytes), 0, bytes.length);
    };
    for (let at = 0; at < 20_000; at += 1) expect(placed(`name ${at}`)).toBe(at);
    for (let at = 0; at < 20_000; at += 997) expect(placed(`name ${at}`)).toBe(at);
    const { bytes, ends, first } = dictionary.packedFrom(19_998);
    expect([first, [...ends], new TextDecoder().decode(bytes)]).toEqual([
      19_998,
      [10, 20],
      'name 19998name 19999',
    ]);
  });
});
