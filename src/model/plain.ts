/**
 * A value that must not leak: plaintext of a field, a key, a token. It prints, serialises and inspects as
 * `[redacted]`; only `exposePlaintext` gives the value back, and that name is easy to search for.
 */
export class Plain<T> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }
  static expose<T>(secret: Plain<T>): T {
    return secret.#value;
  }
  toString(): string {
    return '[redacted]';
  }
  toJSON(): string {
    return '[redacted]';
  }
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[redacted]';
  }
}

export const plain = <T>(value: T): Plain<T> => new Plain(value);

/** Gives the hidden value back. Each call is a place where plaintext can leave: keep them few. */
export const exposePlaintext = <T>(secret: Plain<T>): T => Plain.expose(secret);
