// For analysts and responders: leads of the watching, one whole, and what a photo carries.
import { ask, busy, find, make, press, tell } from './page.js';

const listEveryMs = 5_000;
let current;
let role;

const at = (instant) => new Date(instant).toLocaleString();
const words = (kind) => kind.replaceAll('-', ' ');

const leadButton = (alert) => {
  const button = press(words(alert.kind), () => openAlert(alert));
  button.append(make('small', {}, `${at(alert.at)} · ${alert.agent ?? 'nobody named'}`));
  button.setAttribute('aria-current', String(alert.alert === current));
  return make('li', {}, button);
};

const listAlerts = async () => {
  const answer = await ask('GET', '/v1/alerts?limit=100');
  if (!answer) return;
  const buttons = answer.alerts.map(leadButton);
  const list = find('cases');
  if (buttons.map(({ outerHTML }) => outerHTML).join('') === list.innerHTML) return;
  list.replaceChildren(...buttons);
  find('no-cases').hidden = buttons.length > 0;
};

const section = (title, sentences) =>
  sentences.length > 0
    ? make(
        'section',
        {},
        make('h2', {}, title),
        make('ul', {}, ...sentences.map((one) => make('li', {}, one))),
      )
    : '';

/** Looks without a reason, day by day, beside what colleagues and the past let expect. */
const monthPicture = (month) => {
  const [width, height, gap] = [18, 90, 4];
  const most = Math.max(1, ...month.map(({ unexplained, expected }) => Math.max(unexplained, expected)));
  const draw = (tag, attributes) => {
    const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
    return element;
  };
  const whole = draw('svg', {
    viewBox: `0 0 ${month.length * (width + gap)} ${height}`,
    class: 'month',
    role: 'img',
    'aria-label': month.map(({ day, unexplained }) => `${day}: ${unexplained}`).join(', '),
  });
  month.forEach(({ unexplained, expected, day }, place) => {
    const tall = (value) => (value / most) * (height - 4);
    const bar = { x: place * (width + gap), y: height - tall(unexplained), width, height: tall(unexplained) };
    const told = draw('title', {});
    told.textContent = `${day}: ${unexplained} without a reason, ${expected.toFixed(1)} to be expected`;
    const drawn = draw('rect', { ...bar, class: 'counted' });
    drawn.append(told);
    const line = { x: place * (width + gap), y: height - tall(expected) - 1, width, height: 2 };
    whole.append(drawn, draw('rect', { ...line, class: 'expected' }));
  });
  return whole;
};

const accessTable = (accesses) => {
  const row = ({ at: when, action, customer, case: caseId, why }) =>
    make(
      'tr',
      {},
      ...[at(when), action, customer, caseId || 'none', why].map((cell) => make('td', {}, cell)),
    );
  const head = ['When', 'What', 'Customer', 'Case', 'Why it is listed'].map((cell) => make('th', {}, cell));
  return make(
    'div',
    { className: 'wide' },
    make('table', {}, make('thead', {}, make('tr', {}, ...head)), make('tbody', {}, ...accesses.map(row))),
  );
};

const feedbackButtons = (alert, place) => {
  const say = async (verdict, said) => {
    if (await ask('POST', `/v1/alerts/${alert.alert}/feedback`, { verdict }))
      place.replaceChildren(make('p', { className: 'done', role: 'status' }, said));
  };
  return [
    press('It was theft', () => say('confirmed', 'On record: confirmed.')),
    press('There is a good reason', () =>
      say('explained', 'On record: explained. Such looks count as usual now.'),
    ),
    press('Nothing odd here', () => say('wrong', 'On record: wrong.')),
  ];
};

const suspendButton = (agent, place) =>
  press('Stop this account', async () => {
    const reason = { text: 'Stopped while a lead of the watching is looked into' };
    const stopped = await ask('PUT', `/v1/agents/${agent}/state`, { state: 'suspended', reason });
    if (!stopped) return;
    const told = `Stopped. ${stopped.sessions_ended} sessions have ended; nothing is shown to this account.`;
    const undo = press('Let it work again', async () => {
      const again = { text: 'The lead was looked into, the account may work again' };
      if (await ask('PUT', `/v1/agents/${agent}/state`, { state: 'active', reason: again }))
        place.replaceChildren(make('p', { className: 'done', role: 'status' }, 'It may work again.'));
    });
    place.replaceChildren(make('p', { className: 'done', role: 'status' }, told), undo);
  });

const openAlert = async (alert) => {
  current = alert.alert;
  const title = make('h1', { tabIndex: -1 }, words(alert.kind));
  const about = make('p', { className: 'quiet' }, `${alert.agent ?? 'Nobody named'} · ${at(alert.at)}`);
  const sheet = make('div', {}, section('Why', alert.reasons));
  find('case').replaceChildren(title, about, sheet);
  title.focus();
  const lead = await ask('GET', `/v1/alerts/${alert.alert}/lead`, undefined, () => {});
  // Some alerts are about one deed, such as breaking the glass: they have no lead behind them.
  if (!lead) return tell();
  const [word, deed] = [make('div', { className: 'can' }), make('div', { className: 'can' })];
  word.append(...feedbackButtons(alert, word));
  deed.append(
    role === 'responder'
      ? suspendButton(lead.agent, deed)
      : make('p', {}, 'A responder can stop this account; show them this page.'),
  );
  sheet.replaceChildren(
    section('Why', lead.reasons),
    make('h2', {}, 'Looks without a reason, day by day (the line: what was to be expected)'),
    monthPicture(lead.month),
    section('Innocent explanations that were tried', lead.innocent_explanations),
    section('What would clear it', lead.would_clear),
    make('h2', {}, 'What now?'),
    deed,
    make('h2', {}, 'What did you find out?'),
    word,
    make('h2', {}, `The looks (${lead.accesses.length})`),
    accessTable(lead.accesses),
  );
};

const tellReading = (reading) => {
  if (reading.kind === 'none') return ['No mark was found in this picture.'];
  const [view] = reading.views;
  if (reading.kind === 'exact' && view)
    return [
      `This picture carries the mark of view ${view.code}.`,
      `It was shown to ${view.agent} on ${at(view.at)}; customer ${view.customer ?? 'unknown'}.`,
      'That is evidence of what was on a screen, not proof of who held the camera.',
    ];
  if (reading.kind === 'exact') return [`It carries view ${reading.view}, which was never issued here.`];
  return ['The mark could not be read exactly.'];
};

const photoForm = () => {
  const input = make('input', { type: 'file', accept: 'image/*', multiple: true, id: 'photo' });
  const answer = make('div', { role: 'status' });
  input.addEventListener('change', () =>
    busy(input, async () => {
      const form = new FormData();
      for (const file of input.files) form.append('picture', file);
      answer.replaceChildren(make('p', { className: 'quiet' }, 'Reading …'));
      const response = await fetch('/v1/photo-readings', { method: 'POST', body: form }).catch(
        () => undefined,
      );
      const told = await response?.json().catch(() => undefined);
      const sentences = response?.ok ? tellReading(told) : [told?.title ?? 'Casebound cannot be reached.'];
      answer.replaceChildren(...sentences.map((sentence) => make('p', {}, sentence)));
    }),
  );
  const label = make(
    'label',
    { htmlFor: 'photo' },
    'A photo or a screenshot that turned up: which view is it?',
  );
  return make('section', {}, make('h2', {}, 'Trace a photo'), label, input, answer);
};

/** The desk of whoever looks after leads. */
export const showLeads = async (me) => {
  role = me.role;
  find('cases-title').textContent = 'Alerts';
  find('no-cases').textContent =
    'None. A new desk needs some days of looks before odd can be told from usual.';
  find('case').replaceChildren(make('p', { className: 'quiet' }, 'Choose an alert.'), photoForm());
  await listAlerts();
  setInterval(() => void (!document.hidden && !find('desk').hidden && listAlerts()), listEveryMs);
};
