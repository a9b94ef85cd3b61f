import type { Persona } from './persona.ts';

const escapes: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (sign) => escapes[sign] ?? sign);

const page = (title: string, body: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<link rel="stylesheet" href="/picker.css">
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`;

const button = (persona: Persona): string =>
  `<li><button name="persona" value="${escapeHtml(persona.subject)}"><b>${escapeHtml(persona.name)}</b> <span>${escapeHtml(persona.says)}</span></button></li>`;

const group = ([name, personas]: [string, readonly Persona[]], at: number): string =>
  `<details${at === 0 ? ' open' : ''}><summary>${escapeHtml(name)} <small>${personas.length}</small></summary>
<ul>
${personas.map(button).join('\n')}
</ul></details>`;

/** Who do you want to be? One button a persona, grouped; works without any script. */
export const pickerPage = (personas: readonly Persona[], uid: string): string => {
  const groups = Map.groupBy(personas, (persona) => persona.group);
  return page(
    'Choose who to be',
    `<h1>Choose who to be</h1>
<p class="note">This is a demo. The people below are made up, and there are no passwords: in your own
installation, your identity provider stands here.</p>
<form method="post" action="/interaction/${encodeURIComponent(uid)}">
${[...groups].map(group).join('\n')}
</form>`,
  );
};

export const plainPage = (title: string, sentence: string): string =>
  page(title, `<h1>${escapeHtml(title)}</h1>\n<p>${escapeHtml(sentence)}</p>`);

export const pickerCss = `:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { margin: 0; background: light-dark(#f6f7f7, #16191b); color: light-dark(#1c2426, #e6eaea); }
main { max-width: 40rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.4rem; margin: 0 0 .5rem; }
.note { color: light-dark(#4c585b, #a8b3b5); margin: 0 0 1.25rem; }
summary { padding: .6rem 0; font-weight: 600; cursor: pointer; }
small { font-weight: 400; color: light-dark(#4c585b, #a8b3b5); }
ul { list-style: none; margin: 0 0 .75rem; padding: 0; display: grid; gap: .4rem; }
button { font: inherit; color: inherit; width: 100%; text-align: left; padding: .6rem .8rem; cursor: pointer;
  background: light-dark(#fff, #1f2426); border: 1px solid light-dark(#c9d1d2, #3a4346); border-radius: .4rem; }
button:hover { border-color: light-dark(#0b6e69, #58c2ba); }
button:focus-visible, summary:focus-visible { outline: 3px solid light-dark(#0b6e69, #58c2ba); outline-offset: 2px; }
button span { display: block; color: light-dark(#4c585b, #a8b3b5); font-size: .9rem; }
`;
