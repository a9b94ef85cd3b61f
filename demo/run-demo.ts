import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { runCasebound, type ServeProcess, serveCasebound } from './casebound-process.ts';
import { type DemoDirectory, openDemoDirectory } from './demo-directory.ts';
import { type DemoTelephone, startDemoTelephone } from './demo-telephone.ts';
import { type DemoIdentity, startDemoIdentity } from './identity/demo-identity.ts';
import type { Persona } from './identity/persona.ts';
import { firstAgentRef, openFirstCases } from './traffic/first-cases.ts';
import { type DeskTally, LiveDesk } from './traffic/live-desk.ts';
import { customerCsv } from './world/customers.ts';
import { directoryYaml } from './world/directory-yaml.ts';
import { drawFrom } from './world/draw.ts';
import { insiderRef, type MadeUpOrganisation, makeOrganisation } from './world/organisation.ts';

export interface DemoSettings {
  readonly dataDir: string;
  /** 0: any free port. */
  readonly port: number;
  readonly customersCount: number;
  readonly pace: number;
  readonly seed: string;
  /** Seconds between an agent's acts on a case, on average. */
  readonly actSeconds: number;
}

/** What the demo is about: who works there and who their customers are. */
export interface DemoAbout {
  readonly organisation: MadeUpOrganisation;
  readonly customersCsv: Iterable<string>;
  /** Rules of its own; left out: the product's. */
  readonly policyDir?: string;
}

/** A made-up organisation, running. */
export interface Demo {
  readonly url: string;
  readonly organisation: MadeUpOrganisation;
  readonly directory: DemoDirectory;
  readonly telephone: DemoTelephone;
  /** Resolves when the server has ended by itself. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

/** The people that the sign-in page offers: everyone of the bank, each vendor's desk, and each team's first two. */
const personasOf = (organisation: MadeUpOrganisation): Persona[] => {
  const groupOf = (teamRef: string | undefined, role: string): string => {
    const team = organisation.teams.find((each) => each.ref === teamRef);
    const site = organisation.sites.find((each) => each.ref === team?.siteRef);
    const vendor = organisation.vendors.find((each) => each.ref === site?.vendorRef);
    return role === 'agent' || role === 'lead' || vendor
      ? (vendor?.name ?? organisation.name)
      : organisation.name;
  };
  const first = (ref: string): number => (ref === firstAgentRef ? 0 : 1);
  return organisation.agents
    .toSorted((a, b) => first(a.ref) - first(b.ref))
    .map(({ ref, subject, name, role, teamRef }) => {
      const team = organisation.teams.find((each) => each.ref === teamRef);
      return {
        subject,
        name,
        says: `${team ? `${role}, team ${team.name}` : role}${ref === firstAgentRef ? ', with five cases waiting' : ''}`,
        group: ref === firstAgentRef ? 'Start here' : groupOf(teamRef, role),
      };
    });
};

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });

/** Writes the made-up organisation to files and imports them with the product's own commands. */
const fill = async (
  directory: DemoDirectory,
  about: DemoAbout,
  tell: (line: string) => void,
): Promise<void> => {
  const scratch = await mkdtemp(join(tmpdir(), 'casebound-demo-'));
  try {
    const directoryFile = join(scratch, 'directory.yaml');
    await writeFile(directoryFile, directoryYaml(about.organisation));
    await runCasebound(['import', 'directory', directoryFile, '--data', directory.path]);
    tell('making and sealing made-up customers (first start only)');
    const customersFile = join(scratch, 'customers.csv');
    await pipeline(Readable.from(about.customersCsv), createWriteStream(customersFile));
    await runCasebound(['import', 'customers', customersFile, '--data', directory.path], tell);
    directory.setFilled();
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
};

const originOf = (port: number): string => `http://127.0.0.1:${port}`;

const serve = (
  settings: DemoSettings & DemoAbout,
  port: number,
  parts: { directory: DemoDirectory; identity: DemoIdentity; telephone: DemoTelephone },
): Promise<ServeProcess> =>
  serveCasebound(['--data', settings.dataDir, '--port', String(port)], {
    CASEBOUND_OIDC_ISSUER: parts.identity.issuer,
    CASEBOUND_OIDC_CLIENT_ID: 'casebound-demo',
    CASEBOUND_CASE_WEBHOOK_SECRETS: parts.directory.caseSecret,
    CASEBOUND_CONTACT_WEBHOOK_URL: parts.telephone.url,
    CASEBOUND_CONTACT_WEBHOOK_SECRET: parts.directory.contactSecret,
    ...(settings.policyDir ? { CASEBOUND_POLICY_DIR: settings.policyDir } : {}),
  });

/** The demo of Meridian Bank, with a few cases ready for whoever tries it first. */
export const startDemo = async (settings: DemoSettings, tell: (line: string) => void): Promise<Demo> => {
  const demo = await startDemoAround(
    {
      ...settings,
      organisation: makeOrganisation(settings.seed),
      customersCsv: customerCsv(settings.customersCount, settings.seed),
    },
    tell,
  );
  await openFirstCases({ origin: demo.url, secret: demo.directory.caseSecret });
  const insider = demo.organisation.agents.find(({ ref }) => ref === insiderRef);
  if (insider && settings.pace > 0)
    tell(`${insider.name}, ${insider.ref}, begins to steal in ${insiderStartsAfterMs / 1_000} seconds`);
  return demo;
};

/** Brings up a demo: sign-in service, telephone, server; fills it the first time. */
export const startDemoAround = async (
  settings: DemoSettings & DemoAbout,
  tell: (line: string) => void,
): Promise<Demo> => {
  const directory = openDemoDirectory(settings.dataDir);
  const { organisation } = settings;
  const port = settings.port || (await freePort());
  const identity = await startDemoIdentity({
    issuerPort: 0,
    clients: [{ clientId: 'casebound-demo', redirectUris: [`${originOf(port)}/v1/sign-in/callback`] }],
    personas: personasOf(organisation),
  });
  const telephone = await startDemoTelephone();
  const stopHelpers = async (): Promise<void> => {
    await Promise.all([identity.stop(), telephone.stop()]);
  };
  try {
    const server = await serve(settings, port, { directory, identity, telephone });
    try {
      if (!directory.filled) await fill(directory, settings, tell);
    } catch (thrown) {
      await server.stop();
      throw thrown;
    }
    return {
      url: server.url,
      organisation,
      directory,
      telephone,
      ended: server.ended,
      async stop() {
        await server.stop();
        await stopHelpers();
      },
    };
  } catch (thrown) {
    await stopHelpers();
    throw thrown;
  }
};

/** Soon enough for whoever tries the demo for three minutes, after a first look at honest work. */
const insiderStartsAfterMs = 45_000;
const insiderEveryMs = 5_000;

/** Live case traffic over the demo's doors until the signal, with one simulated insider in it. */
export const liveTraffic = (
  demo: Demo,
  settings: DemoSettings,
): { tally: DeskTally; work: (signal: AbortSignal) => Promise<void> } => {
  const desk = new LiveDesk({
    line: { origin: demo.url, secret: demo.directory.caseSecret },
    organisation: demo.organisation,
    customersSeed: settings.seed,
    customersCount: settings.customersCount,
    draw: drawFrom(`${settings.seed}/traffic/${Date.now()}`),
    pace: settings.pace,
    actMs: settings.actSeconds * 1_000,
    casesAtOnceMax: 200,
    insider: { ref: insiderRef, startsAfterMs: insiderStartsAfterMs, everyMs: insiderEveryMs },
  });
  return { tally: desk.tally, work: (signal) => desk.work(signal) };
};
