const refCharsMax = 200;

/**
 * The help desk's own reference of a customer, as it is hashed: blanks around it taken off, nothing else, for two
 * references may differ by case alone. Undefined when it is empty or longer than 200 characters.
 */
export const normaliseRef = (text: string): string | undefined => {
  const ref = text.trim();
  return ref === '' || ref.length > refCharsMax ? undefined : ref;
};
