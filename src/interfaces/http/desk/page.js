// What the desk's pages are made with.
export const find = (id) => document.getElementById(id);

export const make = (tag, props = {}, ...children) => {
  const element = Object.assign(document.createElement(tag), props);
  element.append(...children.filter((child) => child !== undefined));
  return element;
};

export const tell = (sentence) => {
  find('refusal').textContent = sentence ?? '';
  find('refusal').hidden = !sentence;
};

/** One request. A refusal or fault is told in its own words, handed on by its code, and answers undefined. */
export const ask = async (method, path, body, refused) => {
  const headers = method === 'GET' ? {} : { 'idempotency-key': crypto.randomUUID() };
  if (body) headers['content-type'] = 'application/json';
  let response;
  try {
    response = await fetch(path, { method, headers, body: body && JSON.stringify(body) });
  } catch {
    return tell('Casebound cannot be reached. Check your connection, then try again.');
  }
  const answer = response.status === 204 ? {} : await response.json().catch(() => ({}));
  if (response.ok) return answer;
  refused?.(answer.code);
  if (response.status === 401) dispatchEvent(new Event('stranger'));
  if (response.status !== 401 || path !== '/v1/me')
    tell(answer.title ?? 'Something broke on our side. Nothing was shown.');
};

/** Keeps a button from being pressed twice while its work is under way. */
export const busy = async (button, work) => {
  button.disabled = true;
  tell();
  try {
    await work();
  } finally {
    button.disabled = false;
  }
};

export const press = (label, work) => {
  const button = make('button', { type: 'button' }, label);
  button.addEventListener('click', () => busy(button, work));
  return button;
};

export const submits = (form, work) => {
  form.addEventListener('submit', (submitted) => {
    submitted.preventDefault();
    busy(form.querySelector('button'), () => work(Object.fromEntries(new FormData(form))));
  });
  return form;
};
