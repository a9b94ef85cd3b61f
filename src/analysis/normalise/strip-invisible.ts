/** Signs that are not seen but copied along: joiners, direction marks, soft hyphens, byte order marks. */
const invisible = /\p{Default_Ignorable_Code_Point}|\p{Cf}/gu;
const plainAscii = /^[\x20-\x7e]*$/;

export const stripInvisible = (text: string): string =>
  plainAscii.test(text) ? text : text.replace(invisible, '');
