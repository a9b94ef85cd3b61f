/**
 * Does a text say anything? Works on letters of any script, never on a list of words of one language: it asks for
 * two different words that are no mere key mashing, and lets everything else pass. It cannot tell a true reason
 * from a false one; it makes an empty one cost more than a true one, and leaves a sentence for a colleague to check.
 */
export const saysSomething = (text: string, knownWords: readonly string[]): boolean => {
  const known = new Set(knownWords.flatMap(wordsOf));
  const words = new Set(wordsOf(text).filter((word) => !known.has(word) && isWord(word)));
  if (words.size < 2) return false;
  const letters = [...words].flatMap(lettersOf);
  const needed = letters.some(isWordSign) ? differentSignsMin : differentLettersMin;
  return new Set(letters).size >= needed;
};

/** “ab ab ba” is three words of two letters; a short true reason (“call back”) has at least this many. */
const differentLettersMin = 5;
/** A Chinese character or a Korean syllable says as much as several letters. */
const differentSignsMin = 3;

const segmenter = new Intl.Segmenter('und', { granularity: 'word' });

/** The words of a text in any script, also one without spaces (Chinese, Japanese, Thai), in lower case. */
const wordsOf = (text: string): string[] =>
  [...segmenter.segment(text.normalize('NFKC').toLowerCase())]
    .filter((segment) => segment.isWordLike)
    // `customer_email` and `e-mail2` are told apart into their words: their parts are what field names share.
    .flatMap(({ segment }) => segment.split(/[^\p{L}\p{M}]+/u))
    .filter((word) => word !== '');

const lettersOf = (word: string): string[] =>
  [...word].filter((letter) => !/\p{Default_Ignorable_Code_Point}/u.test(letter));

/** Characters that stand for a word or a syllable each. */
const isWordSign = (letter: string): boolean =>
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u.test(letter);

const isWord = (word: string): boolean => {
  const letters = lettersOf(word);
  const lettersMin = letters.some(isWordSign) ? 1 : 2;
  return (
    letters.length >= lettersMin && !isRepetition(letters) && !isKeyWalk(letters.join('')) && !isMash(letters)
  );
};

/** “aaa”, “asasas”, “abcabc”: one short piece over and over. Two letters are too short to tell. */
const isRepetition = (letters: readonly string[]): boolean => {
  if (letters.length < 3) return new Set(letters).size < letters.length;
  for (let period = 1; period <= Math.min(4, letters.length / 2); period += 1) {
    if (period > 1 && letters.length < 2 * period) continue;
    if (letters.every((letter, at) => at < period || letter === letters[at - period])) return true;
  }
  return false;
};

/** The letter rows of the common keyboards, left to right. */
const keyRows = [
  'qwertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  'qwertzuiopü',
  'asdfghjklöä',
  'yxcvbnm',
  'azertyuiop',
  'qsdfghjklm',
  'wxcvbn',
  'йцукенгшщзхъ',
  'фывапролджэ',
  'ячсмитьбю',
  'ضصثقفغعهخحج',
  'شسيبلاتنمك',
];
const keyRuns = [...keyRows, ...keyRows.map((row) => [...row].reverse().join(''))];

/** “asdf”, “poiuy”, “qweasd”: pieces of at least three neighbouring keys in a row and nothing else, four letters or more. */
const isKeyWalk = (word: string): boolean => {
  const letters = [...word];
  if (letters.length < 4) return false;
  // reaches[i]: the first i letters are such pieces.
  const reaches = [true];
  for (let end = 1; end <= letters.length; end += 1) {
    reaches[end] = false;
    for (let start = 0; start <= end - 3 && !reaches[end]; start += 1) {
      const piece = letters.slice(start, end).join('');
      reaches[end] = reaches[start] === true && keyRuns.some((run) => run.includes(piece));
    }
  }
  return reaches[letters.length] === true;
};

/** “dfgkj”: Latin letters, five or more, and no vowel among them. Words without a vowel are shorter, or just do not count. */
const isMash = (letters: readonly string[]): boolean =>
  letters.length >= 5 &&
  letters.every((letter) => /\p{Script=Latin}/u.test(letter)) &&
  !letters.some((letter) => /[aeiouyæøœıə]/.test(letter.normalize('NFD').charAt(0)));
