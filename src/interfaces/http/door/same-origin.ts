/**
 * Does an unsafe request with a cookie come from our own pages? A browser says so in `Origin`, which scripts
 * cannot forge; where it sends none, `Sec-Fetch-Site` says it. A client that says neither is not taken for a
 * browser on our pages: programs use `Authorization: Bearer`, which no other site can send for them.
 */
export const comesFromOwnPage = (
  told: { readonly origin: string | undefined; readonly fetchSite: string | undefined },
  ownOrigin: string,
): boolean => (told.origin === undefined ? told.fetchSite === 'same-origin' : told.origin === ownOrigin);

const safeMethods: readonly string[] = ['GET', 'HEAD', 'OPTIONS'];
export const isSafe = (method: string): boolean => safeMethods.includes(method);
