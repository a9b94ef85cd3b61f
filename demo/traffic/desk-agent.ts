import { signIn } from '../identity/sign-in.ts';

export interface ShownField {
  readonly name: string;
  readonly masked: string;
  readonly can: readonly string[];
}
export type Looked<Shown> =
  | ({ readonly outcome: 'shown' } & Shown)
  | { readonly outcome: 'refused'; readonly code: string }
  | { readonly outcome: 'failed'; readonly status: number };

export interface ShownView {
  readonly view: string;
  readonly customer: string;
  readonly fields: readonly ShownField[];
}

/** One person at the desk: signs in when first needed, then works through the same HTTP interface as anyone. */
export class DeskAgent {
  readonly subject: string;
  readonly #origin: string;
  #token: Promise<string> | undefined;

  constructor(origin: string, subject: string) {
    this.#origin = origin;
    this.subject = subject;
  }

  lookup(caseRef: string, by: string, value: string): Promise<Looked<{ customer: string }>> {
    return this.#post('/v1/lookups', { case: caseRef, by, value });
  }
  view(caseRef: string): Promise<Looked<ShownView>> {
    return this.#post('/v1/views', { case: caseRef });
  }
  reveal(view: string, fields: readonly string[], reason: object): Promise<Looked<object>> {
    return this.#post(`/v1/views/${view}/reveals`, { fields, reason });
  }
  contact(view: string, field: string): Promise<Looked<object>> {
    return this.#post(`/v1/views/${view}/contacts`, { field });
  }

  async #post<Shown>(path: string, body: object): Promise<Looked<Shown>> {
    this.#token ??= signIn(this.#origin, this.subject).then(({ token }) => token);
    const response = await fetch(new URL(path, this.#origin), {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${await this.#token}` },
      body: JSON.stringify(body),
    });
    const answer: unknown = await response.json();
    if (response.ok) return { outcome: 'shown', ...(answer as Shown) };
    if (response.status === 401) this.#token = undefined;
    const code = (answer as { code?: string }).code;
    return response.status === 403 && code
      ? { outcome: 'refused', code }
      : { outcome: 'failed', status: response.status };
  }
}
