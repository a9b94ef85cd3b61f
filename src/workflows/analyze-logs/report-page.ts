import type { AgentScore, Alert, AlertKind } from '../../analysis/detection/detection.ts';
import { formatInstant, instantOf } from '../../model/instant.ts';
import type { Analysis } from './analyze-logs.ts';
import { escapeHtml } from './escape-html.ts';
import { monthPicture } from './month-picture.ts';
import { reportStyle } from './report-style.ts';

/** Alerts that get a section of their own; all of them are in alerts.ndjson. */
const sectionsMax = 100;
const accessesShown = 15;
const agentsShown = 40;
const reasonsShown = 12;

const kindNames: Readonly<Record<AlertKind, string>> = {
  'unexplained-looks': 'Looks without a reason',
  'looks-after-closing': 'Looks after the case was closed',
  'over-revealing': 'More fields shown than the work needs',
  'cherry-picking': 'Picked customers',
  'self-made-cases': 'Cases opened to look',
  probing: 'Probing',
  export: 'Exports',
  surge: 'Surge of customers',
  'odd-hours': 'Work at odd hours',
  'odd-pace': 'Pace of a machine',
  'shared-login': 'One login in two places',
  campaign: 'Several agents together',
};

const firstSteps: Readonly<Record<AlertKind, string>> = {
  'unexplained-looks':
    'Take five of the customers below and look for any contact with them at that time. If there is none, suspend the account’s access and secure its workstation before talking to the person.',
  'looks-after-closing':
    'Ask the help desk for callbacks or complaints after the closing times below. If there are none, suspend the account’s access.',
  'over-revealing':
    'Open three of the cases below and ask: what were these fields needed for? If for nothing, suspend reveals for the account.',
  'cherry-picking':
    'Ask who routes these customers to this agent. If nobody does, suspend the account’s access.',
  'self-made-cases':
    'Call two of the customers below: did they contact support at that time? If not, suspend the account’s access.',
  probing:
    'Find out what was tried and why. Repeated tries without a customer on the line: suspend the account.',
  export: 'Stop exports for the account now. Then ask for the order, and find out where the files are.',
  surge: 'Ask the lead whether this work was ordered. If not, suspend the account’s access.',
  'odd-hours': 'Compare with roster and door records. Not on duty: end its sessions and reset the login.',
  'odd-pace': 'Find out which program or habit sets this pace. None that is known: suspend the account.',
  'shared-login': 'End all sessions of the account and reset the login. Then find out which hands used it.',
  campaign:
    'Treat the named agents together: do not ask one while the others can still look. Ask what these customers have in common, and who wanted it.',
};

const counted = (count: number, one: string): string =>
  `${count.toLocaleString('en-US')} ${one}${count === 1 ? '' : 's'}`;

const when = (at: number): string =>
  `${formatInstant(instantOf(Math.round(at)))
    .slice(0, 16)
    .replace('T', ' ')} UTC`;

const list = (lines: readonly string[]): string =>
  `<ul>${lines.map((line) => `<li>${escapeHtml(line)}</li>`).join('')}</ul>`;

const strength = (score: number): string =>
  score >= 6
    ? 'overwhelming'
    : score >= 4
      ? 'very strong'
      : `strong: once in ${Math.round(10 ** score).toLocaleString('en-US')} honest agent-days at most`;

const accessTable = ({ accesses }: Alert): string => {
  if (accesses.length === 0)
    return '<p class="soft">This kind of sign is a matter of whole days: no single access stands for it.</p>';
  const rows = accesses
    .slice(-accessesShown)
    .map(
      (access) =>
        `<tr><td>${when(access.at)}</td><td>${escapeHtml(access.action)}</td><td>${escapeHtml(access.customer)}</td><td>${escapeHtml(access.case)}</td><td>${escapeHtml(access.why)}</td></tr>`,
    );
  const more = accesses.length - rows.length;
  return `<div class="wide"><table><thead><tr><th>When</th><th>What</th><th>Customer</th><th>Case</th><th>Why it is listed</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>${more > 0 ? `<p class="soft">${counted(more, 'earlier access')} in alerts.ndjson.</p>` : ''}`;
};

const alertSection = (alert: Alert, at: number): string => `
<article id="alert-${at + 1}">
<h2>${at + 1}. ${escapeHtml(alert.agent)}</h2>
<p><span class="tag">${kindNames[alert.kind]}</span> <span class="soft">${when(alert.at)} · evidence ${strength(alert.score)} (${alert.score.toFixed(2)})</span></p>
<h3>Why</h3>${list(alert.reasons)}
<p class="first"><b>First:</b> ${firstSteps[alert.kind]}</p>
${monthPicture(alert.agent, alert.month)}
<h3>Accesses</h3>${accessTable(alert)}
<h3>Innocent explanations that were tried</h3>${list(alert.innocentExplanations)}
<h3>What would clear this person</h3>${list(alert.wouldClear)}
</article>`;

const overview = ({ alerts }: Analysis): string => {
  if (alerts.length === 0)
    return '<p>No alert: nobody stands out from colleagues beyond what chance and ordinary work explain. A thief who only looks at what his own cases need leaves no trace here.</p>';
  const rows = alerts
    .slice(0, sectionsMax)
    .map(
      (alert, at) =>
        `<tr><td class="n"><a href="#alert-${at + 1}">${at + 1}</a></td><td>${escapeHtml(alert.agent)}</td><td>${kindNames[alert.kind]}</td><td>${when(alert.at)}</td><td class="n">${alert.score.toFixed(2)}</td></tr>`,
    );
  const more = alerts.length - rows.length;
  return `<p>These are leads for a person to look at, strongest first. None is a verdict: talk to nobody before the first step below each is done.</p>
<table><thead><tr><th class="n">No.</th><th>Agent</th><th>What</th><th>Noticed</th><th class="n">Evidence</th></tr></thead><tbody>${rows.join('')}</tbody></table>${more > 0 ? `<p class="soft">${counted(more, 'weaker alert')} only in alerts.ndjson.</p>` : ''}`;
};

const filesTable = ({ account }: Analysis): string => {
  const rows = account.files.map(
    (file) =>
      `<tr><td>${escapeHtml(file.file.split('/').at(-1) ?? '')}</td><td>${file.kind}</td><td class="n">${file.read.toLocaleString('en-US')}</td><td class="n">${file.used.toLocaleString('en-US')}</td><td class="n">${file.setAside.toLocaleString('en-US')}</td></tr>`,
  );
  const reasons = account.files.flatMap((file) =>
    file.reasons.slice(0, reasonsShown).map(({ reason, rows: count }) => {
      const example = file.examples.find((row) => row.reason === reason);
      return `${file.file.split('/').at(-1)}: ${counted(count, 'row')} set aside: ${reason}${example ? ` (row ${example.row})` : ''}`;
    }),
  );
  const words = account.files.flatMap((file) =>
    file.unknownWords
      .slice(0, reasonsShown)
      .map(
        ({ column, word, rows: count }) =>
          `${file.file.split('/').at(-1)}: "${word}" in ${column} is none of our words, taken as not known (${counted(count, 'row')})`,
      ),
  );
  const { accesses, cases } = account.duplicates;
  const doubles = [
    ...(accesses
      ? [`${counted(accesses, 'access')} came twice and count once.`.replace('accesss', 'accesses')]
      : []),
    ...(cases ? [`${counted(cases, 'case change')} came twice and count once.`] : []),
  ];
  return `<table><thead><tr><th>File</th><th>Kind</th><th class="n">Rows read</th><th class="n">Used</th><th class="n">Set aside</th></tr></thead><tbody>${rows.join('')}</tbody></table>${list([...doubles, ...reasons, ...words])}`;
};

const checks = ({ checksOff, hasCaseFile }: Analysis): string => {
  const intro = hasCaseFile
    ? ''
    : '<p><b>No case file was given.</b> Whether an access had a reason cannot be checked against cases: the strongest check is off or rests on the case that the access itself names. Add one with <code>--cases</code>.</p>';
  if (checksOff.length === 0) return `${intro}<p>None: the logs have everything that the checks need.</p>`;
  return `${intro}${list(checksOff.map(({ check, because }) => `${check}: ${because}`))}`;
};

const agentRow = (agent: AgentScore): string =>
  `<tr><td>${escapeHtml(agent.agent)}</td><td class="n">${agent.score.toFixed(2)}</td><td class="n">${agent.accesses.toLocaleString('en-US')}</td><td class="n">${agent.customers.toLocaleString('en-US')}</td><td class="n">${agent.unexplained.toLocaleString('en-US')}</td><td class="n">${agent.alerts}</td></tr>`;

const agentsTable = ({ agents }: Analysis): string => {
  const shown = agents.slice(0, agentsShown);
  return `<table><thead><tr><th>Agent</th><th class="n">Evidence</th><th class="n">Accesses</th><th class="n">Customers</th><th class="n">Without a reason</th><th class="n">Alerts</th></tr></thead><tbody>${shown.map(agentRow).join('')}</tbody></table><p class="soft">${shown.length < agents.length ? `The first ${shown.length} of ${counted(agents.length, 'agent')}; all are in agents.csv. ` : ''}Evidence is a decimal logarithm; an alert needs ${Math.log10(5 / 0.005).toFixed(0)} at the usual budget.</p>`;
};

const setApart = ({ agents }: Analysis): string => {
  const others = agents.filter(({ role }) => role !== 'case-worker');
  if (others.length === 0) return '<p>Nobody.</p>';
  const roleName = {
    reviewer: 'like a reviewer',
    lead: 'like a lead',
    program: 'like a program',
    other: 'unlike case workers',
  };
  return `<p>Their first days showed another way of working than handling cases. They are compared with their own past only, so a theft that was there from the first day of this log would not show. Please confirm their roles.</p>${list(
    others
      .slice(0, agentsShown)
      .map((agent) => `${agent.agent}: works ${agent.role === 'case-worker' ? '' : roleName[agent.role]}`),
  )}`;
};

const promise = ({ alertShareMax, totals }: Analysis): string =>
  `<p>At most ${(alertShareMax * 100).toLocaleString('en-US')} % of agent-days raise an alert (here: ${counted(totals.agentDays, 'agent-day')}). The bar is set so that honest agents raise at most one alert in ${Math.round(5 / alertShareMax).toLocaleString('en-US')} agent-days on average, as long as they differ from day to day and from one another no more than this log shows. Every alert was decided with what was known at its time: later days of the log change none. The first days of a log, and each newcomer’s first five working days, only teach.</p>
<p>What leaves no trace in a log is not found: a thief who looks only at what his own cases need and photographs the screen. The watermark, canaries and tracing of leaks are for that.</p>`;

/** The report as one page: no script, nothing from elsewhere, every text escaped. */
export const reportPage = (analysis: Analysis): string => {
  const { alerts, totals, firstMs, lastMs, agents } = analysis;
  const span = firstMs === undefined || lastMs === undefined ? '' : `${when(firstMs)} to ${when(lastMs)}`;
  const facts: readonly [string, string][] = [
    [alerts.length.toLocaleString('en-US'), alerts.length === 1 ? 'alert' : 'alerts'],
    [agents.length.toLocaleString('en-US'), 'agents'],
    [totals.accesses.toLocaleString('en-US'), 'accesses'],
    [totals.agentDays.toLocaleString('en-US'), 'agent-days'],
    [totals.changes.toLocaleString('en-US'), 'case changes'],
  ];
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"><meta name="referrer" content="no-referrer"><meta name="color-scheme" content="light dark"><title>Casebound: what happened in these logs</title><style>${reportStyle}</style></head>
<body><main>
<h1>What happened in these logs</h1>
<p class="soft">${span}</p>
<div class="facts">${facts.map(([number, name]) => `<div><b>${number}</b>${name}</div>`).join('')}</div>
<h2>Who to look at</h2>${overview(analysis)}
${alerts.slice(0, sectionsMax).map(alertSection).join('')}
<h2>All agents</h2>${agentsTable(analysis)}
<h2>Compared with their own past only</h2>${setApart(analysis)}
<h2>What was read</h2>${filesTable(analysis)}
<h2>Checks that were off</h2>${checks(analysis)}
<h2>What this report promises</h2>${promise(analysis)}
</main></body></html>
`;
};
