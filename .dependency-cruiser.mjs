// Who may import whom. One rule a law; `test/planted/<rule name>/` holds a small tree that breaks exactly that law, and
// test/floors.test.ts proves that the rule bites there and finds nothing in our own sources.

const tests = String.raw`\.test\.ts$`;
/** The composition root, the files outside of any floor: they read the settings, pick the adapters, know everybody. */
const root = '^src/[^/]+$';

/** Packages that neither read nor send anything by themselves: all that analysis may use. */
const purePackages = ['@cedar-policy/cedar-wasm', 'libphonenumber-js', 'yaml'];
/** Node modules without I/O, time or timers: all that analysis may use. */
const pureNodeModules = ['assert', 'buffer', 'crypto', 'url', 'util'];

const noUpward = (floor, above, comment) => ({
  name: `${floor}-reach-no-higher`,
  comment,
  severity: 'error',
  from: { path: `^src/${floor}/`, pathNot: tests },
  to: { path: `^src/(${above.join('|')})/` },
});

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'model-stands-alone',
      comment: 'The words of the domain need nobody: no other floor, no Node module, no package.',
      severity: 'error',
      from: { path: '^src/model/', pathNot: tests },
      to: { pathNot: '^src/model/' },
    },
    noUpward(
      'analysis',
      ['records', 'workflows', 'interfaces'],
      'Judgement takes facts as arguments; it never fetches them.',
    ),
    noUpward(
      'platform',
      ['records', 'workflows', 'interfaces'],
      'An adapter knows its machine, not what is done with it.',
    ),
    noUpward('records', ['workflows', 'interfaces'], 'What is true does not depend on what is done with it.'),
    noUpward('workflows', ['interfaces'], 'What happens does not depend on who asked, or over which wire.'),
    {
      name: 'analysis-knows-no-platform',
      comment: 'Pure judgement runs the same in a drill, an import and live: it meets no machine.',
      severity: 'error',
      from: { path: '^src/analysis/', pathNot: tests },
      to: { path: '^src/platform/' },
    },
    {
      name: 'platform-knows-no-analysis',
      comment: 'Adapters carry; they do not judge.',
      severity: 'error',
      from: { path: '^src/platform/', pathNot: tests },
      to: { path: '^src/analysis/' },
    },
    {
      name: 'rooms-do-not-meet',
      comment: 'Rooms of one floor meet through the floor below. Only the schema is shared by all records.',
      severity: 'error',
      from: { path: '^src/(analysis|platform|records|workflows|interfaces)/([^/]+)/', pathNot: tests },
      to: { path: '^src/$1/', pathNot: ['^src/$1/$2/', '^src/records/schema/'] },
    },
    {
      name: 'only-the-command-line-starts-the-root',
      comment: 'Whoever imports the composition root could reach every room through it.',
      severity: 'error',
      from: { path: '^src/', pathNot: [tests, root, '^src/interfaces/cli/'] },
      to: { path: root },
    },
    {
      name: 'analysis-does-no-io',
      comment: 'Files, network, time and chance are arguments here, so that every judgement can be replayed.',
      severity: 'error',
      from: { path: '^src/analysis/', pathNot: tests },
      to: { dependencyTypes: ['core'], pathNot: `^(node:)?(${pureNodeModules.join('|')})(/|$)` },
    },
    {
      name: 'analysis-uses-pure-packages',
      comment: 'A package may do I/O behind our back: analysis uses only those on the list of this file.',
      severity: 'error',
      from: { path: '^src/analysis/', pathNot: tests },
      to: { path: 'node_modules/', pathNot: `node_modules/(@types/)?(${purePackages.join('|')})/` },
    },
    {
      name: 'only-reveal-opens-plaintext',
      comment: 'A decision and an entry come before any plaintext; only the reveal keeps that order.',
      severity: 'error',
      from: { pathNot: [tests, root, '^src/workflows/reveal/', '^(test|bench)/'] },
      to: { path: String.raw`^src/records/vault/open-vault\.ts$` },
    },
    {
      name: 'interfaces-do-not-append',
      comment:
        'Only a workflow decides what enters the ledger. An interface may know the ledger’s words, not its hands.',
      severity: 'error',
      from: { path: '^src/interfaces/', pathNot: tests },
      to: { path: '^src/records/ledger/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'commands-load-late',
      comment: 'The help reads every command: what does the work is imported when the command runs.',
      severity: 'error',
      from: { path: String.raw`^src/interfaces/cli/.*-command\.ts$` },
      to: {
        path: '^(src/(?!model/|interfaces/cli/)|demo/)',
        dependencyTypesNot: ['dynamic-import', 'type-only'],
      },
    },
    {
      name: 'verifier-stands-alone',
      comment: 'Whoever checks our evidence must not have to trust our code or anybody’s package.',
      severity: 'error',
      from: { path: '^verifier/', pathNot: tests },
      to: { path: '^(src|console|demo|test|bench)/|node_modules/' },
    },
    {
      name: 'console-sees-no-server-code',
      comment: 'The browser gets what the generated API client brings, and nothing else.',
      severity: 'error',
      from: { path: '^console/', pathNot: tests },
      to: { path: '^(src|verifier|demo|test|bench)/' },
    },
    {
      name: 'demo-comes-in-by-the-door',
      comment:
        'The demo desk uses the product as its customers do: over HTTP. Words, clock and chance may be shared.',
      severity: 'error',
      from: { path: '^demo/', pathNot: tests },
      to: {
        path: '^src/|node_modules/(@types/)?(pg|pg-copy-streams|kysely)/',
        pathNot: '^src/(model|platform/(clock|chance))/',
      },
    },
    {
      name: 'product-knows-no-tests',
      comment: 'What runs for customers does not depend on tests or benchmarks.',
      severity: 'error',
      from: { path: '^(src|demo)/', pathNot: tests },
      to: { path: [tests, '^(test|bench)/'] },
    },
    {
      name: 'product-knows-no-demo',
      comment: 'The demo is a customer of the product. Only the command that starts it knows it.',
      severity: 'error',
      from: { path: '^src/', pathNot: [tests, '^src/interfaces/cli/demo-'] },
      to: { path: '^demo/' },
    },
    {
      name: 'product-needs-no-dev-package',
      comment: 'A server is installed without devDependencies.',
      severity: 'error',
      from: { path: '^(src|demo)/', pathNot: tests },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'packages-are-declared',
      comment: 'A package that another one happens to bring may be gone, or be another version, tomorrow.',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'imports-resolve',
      comment: 'An import that leads nowhere is a rule that nobody checks.',
      severity: 'error',
      from: {},
      // The desk's page asks the server for the mark's layer, which is stripped of its types on the way.
      to: { couldNotResolve: true, pathNot: '^/mark-layer[.]js$' },
    },
    {
      name: 'no-cycles',
      comment: 'Two files that need each other are one file, or hide a third.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^test/planted/' },
    // Type imports count: knowing a shape is knowing.
    tsPreCompilationDeps: true,
    detectProcessBuiltinModuleCalls: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.mjs', '.js', '.d.ts', '.json'],
    },
  },
};
