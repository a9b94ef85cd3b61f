import { join, resolve } from 'node:path';
import { Fault } from './model/fault.ts';
import { type Plain, plain } from './model/plain.ts';

export interface WebhookSettings {
  readonly url: string;
  readonly secret: Plain<string>;
}

/** What every command that works on the records needs to know. */
export interface StorageSettings {
  /** Keys, and the embedded database, live here. */
  readonly dataDir: string;
  /** The folder of the field catalogue, rules, limits and reasons. */
  readonly policyDir: string;
  /** Undefined: the embedded PostgreSQL in the data directory. */
  readonly databaseUrl: Plain<string> | undefined;
  /** What the ledger's public log is to be called, for good; undefined: as it is called already, or a made-up name. */
  readonly ledgerOrigin: string | undefined;
  /** The trust policy (C2SP tlog-policy) whose witnesses are asked; undefined: `ledger-policy` in the data directory, if any. */
  readonly ledgerPolicyFile: string | undefined;
  /** The least time between two rounds of asking the witnesses. */
  readonly witnessRoundMs: number;
  /** A timestamp service (RFC 3161); undefined: none is asked. */
  readonly timestamp: { readonly url: string; readonly everyMs: number } | undefined;
}

/** Everything that can be set from outside, read once at start. */
export interface Settings extends StorageSettings {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Where browsers find us; undefined: `http://HOST:PORT`, for one machine only. */
  readonly publicOrigin: string | undefined;
  readonly trustedProxies: readonly string[];
  readonly identity: {
    readonly issuer: string;
    readonly clientId: string;
    readonly clientSecret: Plain<string> | undefined;
  };
  /** Secrets of the case webhook: during a change of secret there are two. */
  readonly caseWebhookSecrets: readonly Plain<string>[];
  /** The telephone system or mail gateway that starts contacts; undefined: contacts are a clear fault. */
  readonly contactWebhook: WebhookSettings | undefined;
  /** Where alerts go the moment they happen, besides the list that everyone on duty sees. */
  readonly alertWebhook: WebhookSettings | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Names of the environment variables, for `casebound serve --help` and docs/operations.md. */
export const settingNames = [
  'DATABASE_URL',
  'CASEBOUND_PUBLIC_ORIGIN',
  'CASEBOUND_TRUSTED_PROXIES',
  'CASEBOUND_POLICY_DIR',
  'CASEBOUND_LEDGER_ORIGIN',
  'CASEBOUND_LEDGER_POLICY',
  'CASEBOUND_WITNESS_SECONDS',
  'CASEBOUND_TIMESTAMP_URL',
  'CASEBOUND_TIMESTAMP_MINUTES',
  'CASEBOUND_OIDC_ISSUER',
  'CASEBOUND_OIDC_CLIENT_ID',
  'CASEBOUND_OIDC_CLIENT_SECRET',
  'CASEBOUND_CASE_WEBHOOK_SECRETS',
  'CASEBOUND_CONTACT_WEBHOOK_URL',
  'CASEBOUND_CONTACT_WEBHOOK_SECRET',
  'CASEBOUND_ALERT_WEBHOOK_URL',
  'CASEBOUND_ALERT_WEBHOOK_SECRET',
] as const;
type SettingName = (typeof settingNames)[number];

const wrong = (name: SettingName | '--port', problem: string): Fault =>
  new Fault('unprocessable', `${name}: ${problem}`);

export interface CommandLine {
  readonly dataDir: string;
  readonly host: string;
  readonly port: string;
}

const textIn = (environment: Environment, name: SettingName): string | undefined =>
  environment[name]?.trim() || undefined;

const urlIn = (name: SettingName, value: string): string => {
  if (!URL.canParse(value) || !/^https?:/.test(value)) throw wrong(name, 'must be an http or https address');
  return value;
};

const countIn = (
  environment: Environment,
  name: SettingName,
  { usual, max }: { usual: number; max: number },
): number => {
  const text = textIn(environment, name) ?? String(usual);
  const value = Number(text);
  if (!/^[1-9]\d{0,8}$/.test(text) || value > max)
    throw wrong(name, `must be a whole number from 1 to ${max}`);
  return value;
};

/** Reads where the records are, and who vouches for the ledger, from the command line and the environment. */
export const readStorageSettings = (
  { dataDir }: Pick<CommandLine, 'dataDir'>,
  environment: Environment,
): StorageSettings => {
  const database = textIn(environment, 'DATABASE_URL');
  const policyFile = textIn(environment, 'CASEBOUND_LEDGER_POLICY');
  const timestampUrl = textIn(environment, 'CASEBOUND_TIMESTAMP_URL');
  const timestampMinutes = countIn(environment, 'CASEBOUND_TIMESTAMP_MINUTES', { usual: 60, max: 44_640 });
  return {
    dataDir: resolve(dataDir),
    policyDir: resolve(
      textIn(environment, 'CASEBOUND_POLICY_DIR') ?? join(import.meta.dirname, '..', 'policy'),
    ),
    databaseUrl: database ? plain(database) : undefined,
    ledgerOrigin: textIn(environment, 'CASEBOUND_LEDGER_ORIGIN'),
    ledgerPolicyFile: policyFile && resolve(policyFile),
    witnessRoundMs: countIn(environment, 'CASEBOUND_WITNESS_SECONDS', { usual: 2, max: 3_600 }) * 1_000,
    timestamp: timestampUrl
      ? { url: urlIn('CASEBOUND_TIMESTAMP_URL', timestampUrl), everyMs: timestampMinutes * 60_000 }
      : undefined,
  };
};

/**
 * Reads the settings from the command line and the environment.
 * @throws Fault `unprocessable` with one line that names the setting and the fix.
 */
export const readSettings = (line: CommandLine, environment: Environment): Settings => {
  const text = (name: SettingName): string | undefined => textIn(environment, name);
  const need = (name: SettingName, what: string): string => {
    const value = text(name);
    if (!value) throw wrong(name, `is not set; it names ${what}`);
    return value;
  };
  const webhook = (urlName: SettingName, secretName: SettingName): WebhookSettings | undefined => {
    const value = text(urlName);
    return value
      ? {
          url: urlIn(urlName, value),
          secret: plain(need(secretName, `the secret that signs what goes to ${urlName}`)),
        }
      : undefined;
  };
  const port = Number(line.port);
  if (!/^\d{1,5}$/.test(line.port) || port > 65_535)
    throw wrong('--port', 'must be a number from 0 to 65535');
  const clientSecret = text('CASEBOUND_OIDC_CLIENT_SECRET');
  const origin = text('CASEBOUND_PUBLIC_ORIGIN');
  return {
    ...readStorageSettings(line, environment),
    host: line.host,
    port,
    publicOrigin: origin && new URL(urlIn('CASEBOUND_PUBLIC_ORIGIN', origin)).origin,
    trustedProxies: text('CASEBOUND_TRUSTED_PROXIES')?.split(/[\s,]+/) ?? [],
    identity: {
      issuer: urlIn('CASEBOUND_OIDC_ISSUER', need('CASEBOUND_OIDC_ISSUER', 'your OpenID Connect provider')),
      clientId: need('CASEBOUND_OIDC_CLIENT_ID', 'Casebound’s client id at that provider'),
      clientSecret: clientSecret ? plain(clientSecret) : undefined,
    },
    caseWebhookSecrets: need(
      'CASEBOUND_CASE_WEBHOOK_SECRETS',
      'the secrets shared with the help desk (whsec_..., separated by spaces)',
    )
      .split(/[\s,]+/)
      .map((secret) => plain(secret)),
    contactWebhook: webhook('CASEBOUND_CONTACT_WEBHOOK_URL', 'CASEBOUND_CONTACT_WEBHOOK_SECRET'),
    alertWebhook: webhook('CASEBOUND_ALERT_WEBHOOK_URL', 'CASEBOUND_ALERT_WEBHOOK_SECRET'),
  };
};
