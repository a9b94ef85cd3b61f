import { type Document, isNode, LineCounter, parseDocument } from 'yaml';
import { Fault } from '../../model/fault.ts';

type Path = readonly (string | number)[];

/** A read YAML file that can say at which line a thing stands. */
export interface YamlPlaces {
  readonly content: unknown;
  /** Throws the one line that says what is wrong, where, and how to put it right. */
  fail(path: Path, sentence: string): never;
}

/** Reads YAML without aliases or repeated keys. @throws Fault `unprocessable` naming the file and the line. */
export const readYaml = (text: string, file: string): YamlPlaces => {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, strict: true });
  const [error] = document.errors;
  if (error) throw flaw(`${file} line ${lines.linePos(error.pos[0]).line}: ${firstLine(error.message)}`);
  return {
    content: contentOf(document, file),
    fail(path, sentence) {
      throw flaw(`${file} line ${lineOf(document, lines, path)}: ${sentence}`);
    },
  };
};

const flaw = (sentence: string): Fault => new Fault('unprocessable', sentence, { detail: sentence });

const firstLine = (message: string): string => message.split('\n')[0]?.replace(/ at line .*$/, '') ?? message;

const contentOf = (document: Document, file: string): unknown => {
  try {
    return document.toJS({ maxAliasCount: 0 });
  } catch {
    throw flaw(`${file}: write each value out; aliases (*name) are not read here`);
  }
};

/** The line of the deepest part of the path that exists. */
const lineOf = (document: Document, lines: LineCounter, path: Path): number => {
  for (let depth = path.length; depth > 0; depth -= 1) {
    const node = document.getIn(path.slice(0, depth), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
};
