/** What a persona holds after signing in: send `cookie` as `Cookie`, or `token` as `Authorization: Bearer`. */
export interface SignedInPersona {
  readonly cookie: string;
  readonly token: string;
}

/** Just enough of a browser's cookie jar: by host, since cookies do not know ports. */
class Jar {
  readonly #cookies = new Map<string, string>();

  header(): string {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }
  keep(response: Response): void {
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      const at = pair.indexOf('=');
      const value = pair.slice(at + 1);
      if (value === '' || /expires=Thu, 01 Jan 1970/i.test(line) || /max-age=0\b/i.test(line)) {
        this.#cookies.delete(pair.slice(0, at));
      } else this.#cookies.set(pair.slice(0, at), value);
    }
  }
  find(names: readonly string[]): { name: string; value: string } | undefined {
    for (const name of names) {
      const value = this.#cookies.get(name);
      if (value !== undefined) return { name, value };
    }
    return undefined;
  }
}

const hopsMax = 10;
const sessionCookies = ['__Host-casebound', 'casebound'];

/** One request with the jar's cookies; redirects are not followed, the caller sees each. */
const visit = async (jar: Jar, url: URL, form?: URLSearchParams): Promise<Response> => {
  const response = await fetch(url, {
    redirect: 'manual',
    headers: { cookie: jar.header() },
    ...(form ? { method: 'POST', body: form } : {}),
  });
  jar.keep(response);
  return response;
};

const isRedirect = (response: Response): boolean => response.status >= 300 && response.status < 400;

/**
 * Signs one persona in the way a browser would: Casebound, the provider, the picker, and back.
 * @throws Error naming the step that did not lead on, with its status and no more.
 */
export const signIn = async (casebound: string, subject: string): Promise<SignedInPersona> => {
  const jar = new Jar();
  let url = new URL('/v1/sign-in', casebound);
  let form: URLSearchParams | undefined;
  for (let hop = 0; hop < hopsMax; hop += 1) {
    const response = await visit(jar, url, form);
    const session = jar.find(sessionCookies);
    await response.body?.cancel();
    if (session) return { cookie: `${session.name}=${session.value}`, token: session.value };
    if (isRedirect(response)) {
      url = new URL(response.headers.get('location') ?? '', url);
      form = undefined;
    } else if (response.ok && url.pathname.startsWith('/interaction/') && !form) {
      form = new URLSearchParams({ persona: subject });
    } else throw new Error(`sign-in stopped at ${url.pathname} with status ${response.status}`);
  }
  throw new Error(`sign-in went on for more than ${hopsMax} steps`);
};
