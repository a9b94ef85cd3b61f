import { drawFrom } from './draw.ts';

/** A made-up organisation: Meridian Bank, with three vendors, six sites, teams in shifts, and its own people. */
export interface MadeUpAgent {
  readonly ref: string;
  readonly subject: string;
  readonly name: string;
  readonly role: string;
  readonly teamRef: string | undefined;
  /** How much of the work this agent does, relative to others. */
  readonly weight: number;
}

export interface MadeUpTeam {
  readonly ref: string;
  readonly name: string;
  readonly siteRef: string;
  readonly shiftRef: string;
  readonly queueRefs: readonly string[];
}

export interface MadeUpOrganisation {
  readonly name: string;
  readonly vendors: readonly { readonly ref: string; readonly name: string }[];
  readonly sites: readonly {
    readonly ref: string;
    readonly name: string;
    readonly vendorRef: string | undefined;
    readonly timeZone: string;
  }[];
  readonly shifts: readonly {
    readonly ref: string;
    readonly name: string;
    readonly startsAt: string;
    readonly endsAt: string;
    readonly timeZone: string;
  }[];
  readonly queues: readonly {
    readonly ref: string;
    readonly name: string;
    readonly topics: readonly string[];
  }[];
  readonly teams: readonly MadeUpTeam[];
  readonly agents: readonly MadeUpAgent[];
}

const vendors = [
  { ref: 'northwind', name: 'Northwind Care' },
  { ref: 'harbourline', name: 'Harbourline' },
  { ref: 'kestrel', name: 'Kestrel Connect' },
] as const;

const sites = [
  { ref: 'northwind-indore', name: 'Indore', vendorRef: 'northwind', timeZone: 'Asia/Kolkata' },
  { ref: 'northwind-manila', name: 'Manila', vendorRef: 'northwind', timeZone: 'Asia/Manila' },
  { ref: 'harbourline-bogota', name: 'Bogotá', vendorRef: 'harbourline', timeZone: 'America/Bogota' },
  { ref: 'harbourline-sofia', name: 'Sofia', vendorRef: 'harbourline', timeZone: 'Europe/Sofia' },
  { ref: 'kestrel-cape-town', name: 'Cape Town', vendorRef: 'kestrel', timeZone: 'Africa/Johannesburg' },
  { ref: 'meridian-leeds', name: 'Leeds (in-house)', vendorRef: undefined, timeZone: 'Europe/London' },
] as const;

const queues = [
  { ref: 'access', name: 'Access and identity', topics: ['account-access', 'identity-check'] },
  { ref: 'payments', name: 'Payments and fees', topics: ['payment', 'fees'] },
  { ref: 'cards', name: 'Cards', topics: ['card'] },
  { ref: 'general', name: 'Everything else', topics: ['complaint', 'technical', 'other'] },
] as const;

const birds = [
  'Avocet',
  'Bittern',
  'Curlew',
  'Dunlin',
  'Egret',
  'Falcon',
  'Goldcrest',
  'Heron',
  'Ibis',
  'Jay',
];
const others = ['Kite', 'Linnet', 'Merlin', 'Nuthatch', 'Osprey', 'Plover', 'Quail', 'Robin'];
const teamNames = [...birds, ...others];

const given = [
  'Aarav',
  'Bea',
  'Camila',
  'Dimitar',
  'Esi',
  'Farid',
  'Grace',
  'Hristo',
  'Isha',
  'Jun',
  'Karla',
  'Luis',
];
const more = ['Mateo', 'Naledi', 'Oscar', 'Paolo', 'Rhea', 'Sipho', 'Tala', 'Valeria', 'Yusuf', 'Zanele'];
const family = [
  'Acosta',
  'Bautista',
  'Cruz',
  'Dlamini',
  'Georgiev',
  'Iyer',
  'Joshi',
  'Khumalo',
  'Mehta',
  'Nkosi',
];
const names = ['Petrova', 'Ramos', 'Sharma', 'Torres', 'Uribe', 'Verma', 'Zhelev'];

const ownPeople = [
  { ref: 'ines.analyst', name: 'Ines Calder', role: 'analyst' },
  { ref: 'omar.responder', name: 'Omar Whitfield', role: 'responder' },
  { ref: 'lena.auditor', name: 'Lena Marsh', role: 'auditor' },
  { ref: 'paul.administrator', name: 'Paul Ashby', role: 'administrator' },
] as const;

const agentsPerTeam = 8;

/** The account of the demo that steals. Its name says so wherever people read it. */
export const insiderRef = 'kite.2';
/** Busy, so that there are cases of their own to take more from than the work needs. */
const insiderWeight = 12;

/** The same seed makes the same people. 18 teams of eight and their lead, and four people of the bank itself. */
export const makeOrganisation = (seed: string): MadeUpOrganisation => {
  const draw = drawFrom(`${seed}/organisation`);
  const shifts = sites.flatMap(({ ref, name, timeZone }) => [
    { ref: `${ref}-early`, name: `${name} early`, startsAt: '06:00', endsAt: '14:30', timeZone },
    { ref: `${ref}-late`, name: `${name} late`, startsAt: '14:00', endsAt: '22:30', timeZone },
  ]);
  const teams = teamNames.map((name, n): MadeUpTeam => {
    const site = sites[n % sites.length] ?? sites[0];
    const queue = queues[Math.floor(n / sites.length + n) % queues.length] ?? queues[0];
    return {
      ref: name.toLowerCase(),
      name,
      siteRef: site.ref,
      shiftRef: `${site.ref}-${n % 2 ? 'late' : 'early'}`,
      queueRefs: draw.chance(0.25) ? [queue.ref, 'general'] : [queue.ref],
    };
  });
  const agents = teams.flatMap((team) =>
    Array.from({ length: agentsPerTeam + 1 }, (_, n): MadeUpAgent => {
      const name = `${draw.pick([...given, ...more])} ${draw.pick([...family, ...names])}`;
      const ref = n === 0 ? `${team.ref}.lead` : `${team.ref}.${n}`;
      // Lognormal with sigma 1: the busiest do many times the work of the median, as in the real log.
      const weight =
        n === 0
          ? 0.1
          : Math.exp(Math.sqrt(-2 * Math.log(1 - draw.unit())) * Math.cos(2 * Math.PI * draw.unit()));
      return {
        ref,
        subject: ref,
        name: ref === insiderRef ? `${name} (simulated insider)` : name,
        role: n === 0 ? 'lead' : 'agent',
        teamRef: team.ref,
        weight: ref === insiderRef ? insiderWeight : weight,
      };
    }),
  );
  const security = vendors.map(({ ref, name }): MadeUpAgent => {
    const team = teams.find((each) => each.siteRef.startsWith(ref));
    return {
      ref: `${ref}.security`,
      subject: `${ref}.security`,
      name: `${name} security desk`,
      role: 'vendor-security',
      teamRef: team?.ref,
      weight: 0,
    };
  });
  const own = ownPeople.map((person) => ({ ...person, subject: person.ref, teamRef: undefined, weight: 0 }));
  return {
    name: 'Meridian Bank',
    vendors,
    sites,
    shifts,
    queues,
    teams,
    agents: [...agents, ...security, ...own],
  };
};
