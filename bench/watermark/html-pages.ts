import { diceOf } from '../../test/camera/dice.ts';

/** Web pages as a support console shows them, made from a seed: real type, tables, forms and bubbles. */
export const htmlLayouts = ['record', 'table', 'chat', 'form', 'inbox'] as const;
export type HtmlLayout = (typeof htmlLayouts)[number];

const words =
  'account ticket refund address balance customer opened verified pending Lisbon Warsaw card transfer limit device session email phone note agent reply waiting solved urgent billing review invoice order shipped contact history details reset login country currency amount fee'.split(
    ' ',
  );

const colours = {
  light: {
    page: '#f8f9fa',
    card: '#ffffff',
    text: '#212529',
    dim: '#5c636a',
    line: '#dee2e6',
    accent: '#1c7ed6',
    soft: '#e7f5ff',
  },
  dark: {
    page: '#1a1b1e',
    card: '#25262b',
    text: '#c1c2c5',
    dim: '#909296',
    line: '#373a40',
    accent: '#1971c2',
    soft: '#2c2e33',
  },
};

export interface HtmlPage {
  readonly layout: HtmlLayout;
  readonly theme: 'light' | 'dark';
  readonly seed: number;
}

export const htmlPage = ({ layout, theme, seed }: HtmlPage): string => {
  const dice = diceOf(seed);
  const c = colours[theme];
  const word = (): string => words[Math.floor(dice.next() * words.length)] ?? '';
  const phrase = (count: number): string => Array.from({ length: count }, word).join(' ');
  const number = (): string => dice.between(10, 99_999).toFixed(2);
  const times = (count: number, make: () => string): string => Array.from({ length: count }, make).join('');
  const bodies: Record<HtmlLayout, () => string> = {
    record: () =>
      times(
        4,
        () =>
          `<section><h3>${phrase(2)}</h3><dl>${times(5, () => `<dt>${word()}</dt><dd>${phrase(3)} ${number()}</dd>`)}</dl><button>${word()}</button></section>`,
      ),
    table: () =>
      `<section><table>${times(27, () => `<tr>${times(3, () => `<td>${phrase(2)}</td>`)}${times(4, () => `<td class=n>${number()}</td>`)}</tr>`)}</table></section>`,
    chat: () =>
      times(
        9,
        () =>
          `<p class="${dice.next() < 0.5 ? 'mine' : 'theirs'}">${phrase(8 + Math.floor(dice.next() * 30))}</p>`,
      ),
    form: () =>
      `<section>${times(11, () => `<label>${phrase(2)}<input value="${phrase(3)}"></label>`)}<button>${word()}</button></section>`,
    inbox: () =>
      `<section>${times(14, () => `<article><b>${phrase(3)}</b><i>${number()}</i><div>${phrase(14)}</div></article>`)}</section>`,
  };
  return `<!doctype html><meta charset=utf-8><style>
*{box-sizing:border-box}html,body{margin:0;height:100%;overflow:hidden}body{background:${c.page};color:${c.text};font:14px/1.5 "DejaVu Sans",sans-serif;display:grid;grid-template:52px 1fr/210px 1fr}
header{grid-column:1/3;background:${c.card};border-bottom:1px solid ${c.line};padding:14px 20px;display:flex;gap:24px}header b{color:${c.accent}}
nav{border-right:1px solid ${c.line};padding:12px}nav a{display:block;padding:6px 8px;color:${c.dim}}nav a:nth-child(3){background:${c.soft};color:${c.accent};border-radius:6px}
main{padding:16px;overflow:hidden}section{background:${c.card};border:1px solid ${c.line};border-radius:8px;padding:14px 18px;margin-bottom:14px}h3{margin:0 0 8px;font-size:16px}
dl{display:grid;grid-template-columns:140px 1fr 140px 1fr;gap:4px 14px;margin:0}dt{color:${c.dim}}dd{margin:0}button{background:${c.accent};color:#fff;border:0;border-radius:6px;padding:7px 16px;margin-top:10px}
table{border-collapse:collapse;width:100%;font-size:12.5px}td{border-bottom:1px solid ${c.line};padding:4px 8px;white-space:nowrap}.n{text-align:right}
p{max-width:60%;padding:10px 14px;border-radius:10px;background:${c.card};border:1px solid ${c.line};margin:0 0 10px}.mine{margin-left:auto;background:${c.soft}}
label{display:grid;grid-template-columns:200px 1fr;margin:7px 0}input{background:${c.page};color:${c.text};border:1px solid ${c.line};border-radius:5px;padding:6px;font:inherit}
article{border-bottom:1px solid ${c.line};padding:8px 0}article i{float:right;color:${c.dim}}article div{color:${c.dim};font-size:12.5px}
</style><header><b>${phrase(1)}</b><span>${phrase(5)}</span></header><nav>${times(12, () => `<a>${phrase(2)}</a>`)}</nav><main>${bodies[layout]()}</main>`;
};
