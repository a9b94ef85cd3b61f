// The desk: what an agent needs to finish a case. It keeps nothing; closing the page forgets everything.
import { installMarkLayer } from '/mark-layer.js';
import { ask, busy, find, make, press, submits, tell } from './page.js';

const listEveryMs = 20_000;
let current;
let mark;

const dropMark = () => {
  mark?.remove();
  mark = undefined;
};

const showStranger = () => {
  current = undefined;
  dropMark();
  find('desk').hidden = true;
  find('sign-out').hidden = true;
  find('who').textContent = '';
  find('case').replaceChildren();
  find('stranger').hidden = false;
};

const since = (instant) => {
  const minutes = Math.max(0, Math.round((Date.now() - Date.parse(instant)) / 60_000));
  if (minutes < 60) return `${minutes} min ago`;
  return minutes < 2_880 ? `${Math.round(minutes / 60)} h ago` : `${Math.round(minutes / 1_440)} days ago`;
};

const caseButton = (held) => {
  const about = [
    held.topic,
    held.channel,
    held.hands === 'helper' ? 'helping' : undefined,
    since(held.last_change_at),
  ];
  const button = press(held.ref, () => openCase(held));
  button.append(make('small', {}, about.filter(Boolean).join(' · ')));
  button.setAttribute('aria-current', String(held.case === current?.case));
  button.dataset.case = held.case;
  return make('li', {}, button);
};

const listCases = async () => {
  const answer = await ask('GET', '/v1/cases');
  if (!answer) return;
  // A list that is put in place anew swallows a click under way, so only a changed one is.
  const buttons = answer.cases.map(caseButton);
  const list = find('cases');
  if (buttons.map(({ outerHTML }) => outerHTML).join('') === list.innerHTML) return;
  const focused = document.activeElement?.dataset.case;
  list.replaceChildren(...buttons);
  find('no-cases').hidden = answer.cases.length > 0;
  if (focused) list.querySelector(`[data-case="${focused}"]`)?.focus();
};

const openCase = async (held) => {
  current = held;
  for (const button of find('cases').querySelectorAll('button'))
    button.setAttribute('aria-current', String(button.dataset.case === held.case));
  dropMark();
  const title = make('h1', { tabIndex: -1 }, `Case ${held.ref}`);
  const sheet = make('div');
  find('case').replaceChildren(title, make('p', { className: 'quiet' }, held.topic ?? 'No topic yet'), sheet);
  title.focus();
  if (held.names_customer) await openView(held, undefined, sheet);
  else sheet.replaceChildren(lookupForm(held, sheet));
};

const lookupForm = (held, sheet) => {
  const kinds = { email: 'E-mail', phone: 'Phone', account: 'Account number' };
  const by = make(
    'select',
    { name: 'by' },
    ...Object.entries(kinds).map(([value, label]) => make('option', { value }, label)),
  );
  const value = make('input', { name: 'value', required: true, maxLength: 200, autocomplete: 'off' });
  const form = make(
    'form',
    {},
    make('label', {}, 'The customer is known by', by),
    make('label', {}, 'What they say it is', value),
    make('button', {}, 'Look up'),
  );
  return submits(form, async (told) => {
    const found = await ask('POST', '/v1/lookups', { case: held.case, ...told });
    if (found) await openView(held, found.customer, sheet);
  });
};

/** Where a second person's approval would help, offers to ask for it. */
const offerApproval = (place, wanted) => (code) => {
  const helps = ['needs-second-person', 'case-not-started-by-customer', 'field-above-role'].includes(code);
  if (!helps || place.querySelector('.approval')) return;
  const text = make('input', { name: 'text', required: true, maxLength: 500, autocomplete: 'off' });
  const label = make('label', {}, 'Why should a second person agree?', text);
  const form = make('form', { className: 'approval' }, label, make('button', {}, 'Ask them'));
  const said = make('p', { className: 'done', role: 'status' }, 'Asked. Try again when they have agreed.');
  const send = async (reason) =>
    (await ask('POST', '/v1/approvals', { ...wanted, reason })) && form.replaceWith(said);
  place.append(submits(form, send));
};

const theme = () => (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light');

/** What is shown carries its view's mark. Without the mark nothing stays on the screen. */
const showMark = async (view, sheet) => {
  const response = await fetch(`/v1/views/${view.view}/mark?theme=${theme()}`).catch(() => undefined);
  if (!response?.ok) return false;
  const hide = () => {
    dropMark();
    sheet.replaceChildren();
    tell('The mark of this view was taken away again and again, so the view was closed. Open the case anew.');
  };
  const onAbsence = ({ reason, restoredCount }) => {
    const told = JSON.stringify({ reason, restored: restoredCount });
    const headers = { 'content-type': 'application/json' };
    fetch(`/v1/views/${view.view}/mark-absences`, { method: 'POST', headers, body: told }).catch(() => {});
    if (reason === 'contested') hide();
  };
  dropMark();
  mark = installMarkLayer({ tile: await response.blob(), onAbsence });
  return mark.shown.then(
    () => true,
    () => false,
  );
};

const openView = async (held, customer, sheet) => {
  const wanted = { case: held.case, customer };
  const view = await ask('POST', '/v1/views', wanted, offerApproval(sheet, { ...wanted, fields: [] }));
  if (!view || held !== current) return;
  if (!(await showMark(view, sheet)))
    return tell(
      'The mark of this view could not be put on the screen, so it is not shown. Open the case again.',
    );
  if (held !== current) return;
  const { reasons = [] } =
    (await ask('GET', `/v1/reasons?${new URLSearchParams(held.topic ? { topic: held.topic } : {})}`)) ?? {};
  const left = make('span');
  const tellLeft = () => {
    const { reveals_this_hour: reveals, customers_this_shift: customers } = view.budget_left;
    left.textContent = `Left: ${reveals} reveals this hour, ${customers} customers this shift`;
  };
  tellLeft();
  const hints = view.merge_hints.length;
  sheet.replaceChildren(
    make('p', { className: 'facts' }, make('span', {}, 'View code ', make('code', {}, view.code)), left),
    make(
      'p',
      { className: 'quiet' },
      'This screen carries a faint mark. A photo of it leads back to this view and to you.',
    ),
    ...(hints
      ? [
          make(
            'p',
            { className: 'quiet' },
            `${hints} other ${hints === 1 ? 'record shares' : 'records share'} a contact with this one; likely the same person.`,
          ),
        ]
      : []),
    make(
      'dl',
      {},
      ...view.fields.map((field) =>
        fieldRow(view, field, {
          reasons,
          wanted: { case: held.case, customer: view.customer, fields: [field.name] },
          spent: () => {
            view.budget_left.reveals_this_hour = Math.max(0, view.budget_left.reveals_this_hour - 1);
            tellLeft();
          },
        }),
      ),
    ),
  );
};

const fieldRow = (view, field, { reasons, wanted, spent }) => {
  const value = make('dd', {}, field.masked);
  const can = make('div', { className: 'can' });
  const row = make('div', {}, make('dt', {}, field.label), value, can);
  const contact = async (said) => {
    if (await ask('POST', `/v1/views/${view.view}/contacts`, { field: field.name }))
      row.append(make('p', { className: 'done', role: 'status' }, said));
  };
  const reveal = () => {
    const open = row.querySelector('form');
    if (open) return open.remove();
    const form = revealForm(reasons, async (reason) => {
      const asked = { fields: [field.name], reason, theme: theme() };
      const shown = await ask('POST', `/v1/views/${view.view}/reveals`, asked, offerApproval(row, wanted));
      if (!shown) return;
      const [{ value: text, picture }] = shown.fields;
      value.replaceChildren(picture ? pictureOf(picture, field.label) : text);
      value.className = 'shown';
      form.remove();
      revealButton.remove();
      spent();
    });
    row.append(form);
    form.querySelector('select').focus();
  };
  const revealButton = press('Reveal', reveal);
  revealButton.setAttribute('aria-label', `Reveal ${field.label}`);
  if (field.can.includes('reveal')) can.append(revealButton);
  if (field.can.includes('call')) can.append(press('Call', () => contact('The call is being set up.')));
  if (field.can.includes('mail')) can.append(press('Mail', () => contact('A mail to the customer is open.')));
  return row;
};

/** A value that came as a picture: there is no text of it to copy or to read out of the page. */
const pictureOf = ({ png, width, height }, label) => {
  const url = URL.createObjectURL(new Blob([Uint8Array.from(atob(png), (byte) => byte.charCodeAt(0))]));
  const image = make('img', {
    alt: `${label}, shown as a picture`,
    width,
    height,
    src: url,
    draggable: false,
  });
  image.addEventListener('load', () => URL.revokeObjectURL(url), { once: true });
  return image;
};

const revealForm = (reasons, work) => {
  const code = make(
    'select',
    { name: 'code' },
    make('option', { value: '' }, 'Another reason (type it)'),
    ...reasons.map((reason) => make('option', { value: reason.code }, reason.sentence)),
  );
  const text = make('input', { name: 'text', maxLength: 500, autocomplete: 'off' });
  const form = make(
    'form',
    {},
    make('label', {}, 'Why do you need it?', code),
    make('label', {}, 'In a few words', text),
    make('button', {}, 'Show'),
  );
  return submits(form, (told) => {
    const given = Object.entries(told).filter(([, said]) => said.trim() !== '');
    return work(given.length ? Object.fromEntries(given) : undefined);
  });
};

addEventListener('stranger', showStranger);

find('sign-out').addEventListener('click', () =>
  busy(find('sign-out'), async () => {
    if (await ask('POST', '/v1/sign-out')) showStranger();
  }),
);

const me = await ask('GET', '/v1/me');
if (me) {
  find('who').textContent = [me.name, me.role, me.organisation].filter(Boolean).join(' · ');
  find('desk').hidden = false;
  find('sign-out').hidden = false;
  if (['analyst', 'responder'].includes(me.role))
    await import('./leads.js').then(({ showLeads }) => showLeads(me));
  else {
    await listCases();
    setInterval(() => void (!document.hidden && !find('desk').hidden && listCases()), listEveryMs);
  }
} else find('stranger').hidden = find('refusal').textContent !== '';
