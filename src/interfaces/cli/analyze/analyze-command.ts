import type { Analysis } from '../../../workflows/analyze-logs/analyze-logs.ts';
import type { Command, CommandArguments, CommandIo } from '../command.ts';
import { WrongUse } from '../wrong-use.ts';

const budgetOf = (args: CommandArguments): number => {
  const text = args.text('budget') ?? '';
  const percent = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (!(percent >= 0.01 && percent <= 10))
    throw new WrongUse(
      `--budget is the percentage of agent-days that may raise an alert, 0.01 to 10, not ${JSON.stringify(text)}`,
    );
  return percent / 100;
};

/** `+02:00`: where the days of the desk begin. */
const dayOffsetOf = (args: CommandArguments): number => {
  const text = args.text('day-zone') ?? '';
  const parts = /^([+-])(\d{2}):(\d{2})$/.exec(text);
  const minutes = parts ? Number(parts[2]) * 60 + Number(parts[3]) : Number.NaN;
  if (!(minutes <= 14 * 60 && Number(parts?.[3]) < 60))
    throw new WrongUse(`--day-zone is an offset from UTC such as +02:00, not ${JSON.stringify(text)}`);
  return parts?.[1] === '-' ? -minutes : minutes;
};

const countsOf = ({ alerts, agents, totals, account, checksOff }: Analysis) => ({
  alerts: alerts.length,
  agents: agents.length,
  agent_days: totals.agentDays,
  accesses: totals.accesses,
  case_changes: totals.changes,
  files: account.files.map(({ file, kind, read, used, setAside, reasons, examples }) => ({
    file,
    kind,
    read,
    used,
    set_aside: setAside,
    reasons,
    examples: examples.slice(0, 5),
  })),
  duplicates: account.duplicates,
  checks_off: checksOff,
});

const number = (count: number): string => count.toLocaleString('en-US');

const tell = (analysis: Analysis, out: string, io: CommandIo): void => {
  const { alerts, agents, totals, account, checksOff } = analysis;
  for (const { file, read, used, setAside, examples } of account.files) {
    io.tell(`${file}: ${number(read)} rows read, ${number(used)} used, ${number(setAside)} set aside`);
    for (const { row, reason } of examples.slice(0, 3)) io.tell(`  row ${row}: ${reason}`);
  }
  if (checksOff.length > 0)
    io.tell(`${checksOff.length} checks were off because columns are missing: see the report`);
  io.answer(
    `${number(alerts.length)} ${alerts.length === 1 ? 'alert' : 'alerts'} on ${number(new Set(alerts.map(({ agent }) => agent)).size)} of ${number(agents.length)} agents in ${number(totals.agentDays)} agent-days`,
  );
  for (const { agent, kind, score, at } of alerts.slice(0, 10))
    io.answer(
      `  ${new Date(at).toISOString().slice(0, 10)}  ${score.toFixed(2).padStart(5)}  ${kind}  ${agent}`,
    );
  io.answer(`read ${out}/report.html first`);
};

export const analyzeCommand: Command = {
  name: 'analyze',
  summary: 'What happened in these logs: who looked at whom without a reason',
  usage:
    'analyze --accesses F [--cases F] [--map F] --out DIR [--budget PERCENT] [--day-zone +HH:MM] [--json]',
  operands: [],
  options: {
    accesses: {
      type: 'string',
      value: 'F',
      multiple: true,
      describe: 'the access log: CSV, NDJSON or Parquet, .gz too; once for each file',
    },
    cases: {
      type: 'string',
      value: 'F',
      multiple: true,
      describe: 'the changes of cases; without them half of the checks are off',
    },
    map: { type: 'string', value: 'F', describe: 'a map (YAML) from the columns of another program to ours' },
    out: { type: 'string', value: 'DIR', describe: 'where alerts.ndjson, agents.csv and report.html go' },
    budget: {
      type: 'string',
      value: 'PERCENT',
      describe: 'the percentage of agent-days that may raise an alert',
      default: '0.5',
    },
    'day-zone': {
      type: 'string',
      value: '+HH:MM',
      describe: 'where the days of the desk begin, ahead of UTC',
      default: '+00:00',
    },
    json: { type: 'boolean', describe: 'the counts as JSON' },
  },
  notes: [
    'Needs at, agent and customer. A missing column switches checks off; the report says which.',
    'Exit status 0 whether anybody stands out or not: an alert is a lead, not an answer.',
  ],
  async run(args, io) {
    const accesses = args.texts('accesses');
    const out = args.text('out');
    if (accesses.length === 0) throw new WrongUse('--accesses is missing: name the access log');
    if (out === undefined) throw new WrongUse('--out is missing: name the folder for the report');
    const [alertShareMax, dayOffsetMinutes] = [budgetOf(args), dayOffsetOf(args)];
    const [{ analyzeLogs }, { openOutFolder, writeAnalysis }] = await Promise.all([
      import('../../../workflows/analyze-logs/analyze-logs.ts'),
      import('../../../workflows/analyze-logs/write-analysis.ts'),
    ]);
    await openOutFolder(out);
    const analysis = await analyzeLogs({
      accesses,
      cases: args.texts('cases'),
      map: args.text('map'),
      alertShareMax,
      dayOffsetMinutes,
      signal: io.stop,
      onProgress: ({ did, done, total, alerts }) =>
        io.showProgress({
          done,
          total,
          words: did === 'read' ? 'reading' : `${number(done)} accesses judged, ${number(alerts)} alerts`,
        }),
    });
    io.showProgress(undefined);
    await writeAnalysis(analysis, out);
    if (args.flag('json')) io.answer(JSON.stringify({ out, ...countsOf(analysis) }));
    else tell(analysis, out, io);
    return 0;
  },
};
