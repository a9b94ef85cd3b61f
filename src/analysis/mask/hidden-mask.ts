/** A fully hidden value: always the same, so that not even its length is told. */
export const hiddenMask = '••••••';
