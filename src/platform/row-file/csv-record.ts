/** The fields of one record, or why it is none. `open`: it ends inside quotes and may go on in the next line. */
export type CsvRecord = { readonly fields: readonly string[] } | { readonly problem: 'open' | 'stray-quote' };

const quote = '"';

/**
 * Splits one CSV record by RFC 4180: fields apart by the delimiter, quoted where they hold a delimiter, a quote
 * (doubled) or a line end. A quote inside an unquoted field is text, as spreadsheets write it.
 */
export const splitCsvRecord = (text: string, delimiter: string): CsvRecord => {
  if (!text.includes(quote)) return { fields: text.split(delimiter) };
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    if (text[at] === quote) {
      let field = '';
      let from = at + 1;
      for (;;) {
        const end = text.indexOf(quote, from);
        if (end < 0) return { problem: 'open' };
        field += text.slice(from, end);
        at = end + 1;
        if (text[at] !== quote) break;
        field += quote;
        from = at + 1;
      }
      if (at < text.length && text[at] !== delimiter) return { problem: 'stray-quote' };
      fields.push(field);
    } else {
      const end = text.indexOf(delimiter, at);
      fields.push(text.slice(at, end < 0 ? text.length : end));
      at = end < 0 ? text.length : end;
    }
    if (at >= text.length) return { fields };
    at += 1;
  }
};
