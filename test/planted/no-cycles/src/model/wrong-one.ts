import './wrong-two.ts';

export type One = 1;
