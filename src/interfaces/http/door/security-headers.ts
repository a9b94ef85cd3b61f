const everywhere = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), clipboard-read=()',
  'cache-control': 'no-store',
};

/** For answers that are read by programs: nothing in them may run, load or be framed. */
const nothing = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** For our own pages: their own script and style files, their own addresses, and nothing of anyone else. */
export const pagePolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' blob:; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";

export const securityHeaders = (secure: boolean): Readonly<Record<string, string>> => ({
  ...everywhere,
  'content-security-policy': nothing,
  ...(secure ? { 'strict-transport-security': 'max-age=31536000' } : {}),
});
