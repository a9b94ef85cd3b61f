import { suspectPicture } from './suspect-picture.ts';
import type { SuspectPicture, TracedLeak, TracedSuspect } from './traced-leak.ts';

const signs: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text for HTML. Control characters, and those that turn the direction of writing, become a box. */
const escaped = (text: string): string =>
  text
    .replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069\u200e\u200f]/gu, '\ufffd')
    .replace(/[&<>"']/g, (sign) => signs[sign] ?? sign);

const style = `:root{--ink:#1b1f24;--soft:#59636e;--paper:#fff;--card:#f6f7f9;--line:#d8dde3;--bar:#9db3cf;--odd:#b3261e}
@media(prefers-color-scheme:dark){:root{--ink:#e6e9ed;--soft:#a3adb8;--paper:#14171a;--card:#1d2125;--line:#363c43;--bar:#46617f;--odd:#ff8a80}}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
main{max-width:60rem;margin:0 auto;padding:2rem 1.25rem 4rem}
h1{font-size:1.6rem;margin:0}h2{font-size:1.2rem;margin:0;overflow-wrap:anywhere}
article{background:var(--card);border:1px solid var(--line);border-radius:.6rem;padding:1rem 1.25rem;margin:1.2rem 0}
.soft{color:var(--soft)}.first{border-left:.25rem solid var(--odd);padding-left:.8rem}
table{border-collapse:collapse;width:100%;font-size:.92rem}
th,td{text-align:left;vertical-align:top;padding:.3rem .6rem .3rem 0;border-bottom:1px solid var(--line);overflow-wrap:anywhere}
svg{width:100%;height:auto}svg text{font-size:11px;fill:var(--soft)}
svg .all{fill:var(--bar)}svg .odd{fill:var(--odd)}svg .grid{stroke:var(--line)}
svg .within{fill:var(--odd);opacity:.12}svg .doubt{fill:var(--odd);opacity:.07}svg .line{fill:none;stroke:var(--ink);stroke-dasharray:3 3}`;

const percent = (share: number): string => (share > 0.999 ? 'over 99.9 %' : `${(100 * share).toFixed(1)} %`);
const day = (time: string): string => time.slice(0, 10);
const list = (lines: readonly string[]): string =>
  `<ul>${lines.map((line) => `<li>${escaped(line)}</li>`).join('')}</ul>`;

const pointingTable = ({ pointing }: SuspectPicture): string =>
  pointing.length === 0
    ? ''
    : `<h3>What points to this account</h3><table><tr><th>customer</th><th>seen by it</th><th>reported</th><th>by this theft</th></tr>${pointing
        .slice(0, 40)
        .map(
          ({ customer, seen, told, probability }) =>
            `<tr><td>${escaped(customer)}</td><td>${day(seen)}</td><td>${day(told)}</td><td>${percent(probability)}</td></tr>`,
        )
        .join('')}</table>`;

const article = (suspect: TracedSuspect, picture: SuspectPicture | undefined, things: string): string => {
  const { agent, posterior, window, reports_explained, placebo, look_alikes, innocent_explanations, review } =
    suspect;
  const dates = `${day(window.start)} to ${day(window.end)}`;
  const lead = review
    ? `Review this account for ${dates}.`
    : `Not enough to ask for a review: ${placebo.passed ? 'the evidence is too weak, or fits others as well' : 'the placebo test failed'}.`;
  const explanations = innocent_explanations
    .map(
      ({ cause, probability, finding }) =>
        `<tr><td>${escaped(cause)}</td><td>${percent(probability)}</td><td>${escaped(finding)}</td></tr>`,
    )
    .join('');
  const others = look_alikes
    .map((other) => `${other.agent}: ${percent(other.posterior)}, shares ${other.reports_shared} ${things}`)
    .slice(0, 10);
  return `<article><h2>${escaped(agent)}</h2><p class="${review ? 'first' : 'soft'}">${lead}</p>
<p>Probability ${percent(posterior)}; it explains ${reports_explained.toFixed(1)} ${things}. The start lies between ${day(window.start_low)} and ${day(window.start_high)} with 90 % probability.</p>
${picture ? suspectPicture(picture, suspect) : ''}
<h3>Innocent explanations tried</h3><table><tr><th>explanation</th><th>probability</th><th>finding</th></tr>${explanations}</table>
<p>Placebo test: ${placebo.observed} observed, ${placebo.expected.toFixed(1)} expected: ${placebo.passed ? 'passed' : 'failed'}.</p>
<h3>Look-alikes</h3>${others.length > 0 ? list(others) : '<p>No other account explains this nearly as well.</p>'}
${picture ? pointingTable(picture) : ''}</article>`;
};

/** A page of words and one picture per suspect. It loads nothing and runs nothing. */
export const suspectsPage = (leak: TracedLeak, pictures: readonly SuspectPicture[]): string => {
  const { suspects, warnings, limits, nobody_posterior, method } = leak;
  const things = method === 'reports' ? 'reports' : 'records';
  const reviews = suspects.filter(({ review }) => review).length;
  const answer =
    reviews === 0
      ? 'No account can be named.'
      : `${reviews} ${reviews === 1 ? 'account' : 'accounts'} to review. This is a lead for a person to weigh, not an accusation.`;
  const byAgent = new Map(pictures.map((picture) => [picture.agent, picture]));
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Accounts to review</title><style>${style}</style></head><body><main>
<h1>Accounts to review</h1><p>${answer} Probability that no account of this log is behind the leak: ${percent(nobody_posterior)}.</p>
${warnings.length > 0 ? `<h3>Warnings</h3>${list(warnings)}` : ''}
${suspects.map((suspect) => article(suspect, byAgent.get(suspect.agent), things)).join('\n')}
<h3>What this cannot know</h3>${list(limits)}</main></body></html>
`;
};
