import type { AgentDay } from '../../analysis/detection/detection.ts';
import { escapeHtml } from './escape-html.ts';

const box = { width: 720, height: 170, left: 36, right: 8, top: 10, bottom: 30 } as const;
const dayMs = 86_400_000;

const niceTop = (most: number): number => {
  const step = 10 ** Math.floor(Math.log10(Math.max(1, most)));
  return [1, 2, 5, 10].map((times) => times * step).find((top) => top >= most) ?? most;
};

const figure = (value: number): string => String(Math.round(value * 10) / 10);

/**
 * An agent's last weeks as a picture: a bar for each day's customers, its lower part those without a reason, and a
 * mark at what was expected of those. The words around it say the same, for whoever does not see it.
 */
export const monthPicture = (agent: string, month: readonly AgentDay[]): string => {
  const [first] = month;
  const last = month.at(-1);
  if (!first || !last) return '';
  const from = Date.parse(first.day) / dayMs;
  const days = Date.parse(last.day) / dayMs - from + 1;
  const top = niceTop(Math.max(...month.map(({ customers }) => customers)));
  const innerWidth = box.width - box.left - box.right;
  const innerHeight = box.height - box.top - box.bottom;
  const cell = innerWidth / Math.max(7, days);
  const y = (value: number): number => box.top + innerHeight * (1 - Math.min(1, value / top));
  const bars = month.map((day) => {
    const x = box.left + cell * (Date.parse(day.day) / dayMs - from) + cell * 0.15;
    const wide = (cell * 0.7).toFixed(1);
    const bar = (value: number, name: string): string =>
      `<rect class="${name}" x="${x.toFixed(1)}" y="${y(value).toFixed(1)}" width="${wide}" height="${(box.top + innerHeight - y(value)).toFixed(1)}"/>`;
    const mark = `<rect class="likely" x="${(x - cell * 0.1).toFixed(1)}" y="${(y(day.expected) - 1).toFixed(1)}" width="${(cell * 0.9).toFixed(1)}" height="2"/>`;
    const title = `${day.day}: ${day.customers} customers, ${day.unexplained} without a reason, ${figure(day.expected)} expected`;
    return `<g><title>${title}</title>${bar(day.customers, 'all')}${bar(day.unexplained, 'odd')}${mark}</g>`;
  });
  const scale = [0, top / 2, top].map(
    (value) =>
      `<line class="grid" x1="${box.left}" x2="${box.width - box.right}" y1="${y(value).toFixed(1)}" y2="${y(value).toFixed(1)}"/><text x="${box.left - 5}" y="${(y(value) + 4).toFixed(1)}" text-anchor="end">${figure(value)}</text>`,
  );
  const unexplained = month.reduce((sum, day) => sum + day.unexplained, 0);
  const words = `${escapeHtml(agent)}, ${first.day} to ${last.day}: ${month.length} days at work, ${unexplained} customers without a reason.`;
  return `<figure><svg viewBox="0 0 ${box.width} ${box.height}" role="img" aria-label="${words}">${scale.join('')}${bars.join('')}<text x="${box.left}" y="${box.height - 8}">${first.day}</text><text x="${box.width - box.right}" y="${box.height - 8}" text-anchor="end">${last.day}</text></svg><figcaption>Customers opened a day; <b class="odd">darker</b>: without a reason; line: what colleagues and this agent’s past let expect of those.</figcaption></figure>`;
};
