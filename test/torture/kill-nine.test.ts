import { expect, it } from 'vitest';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { killNineUnderLoad } from './kill-nine.ts';

it('loses no acknowledged entry and shows no field without one, however it is killed', {
  timeout: 240_000,
}, async () => {
  const result = await killNineUnderLoad(temporaryDirectory(), { rounds: 4, clients: 16 });
  expect(result.acknowledged).toBeGreaterThan(20);
  expect(result).toMatchObject({ lost: 0, shownWithoutEntry: 0, gaps: 0 });
});
