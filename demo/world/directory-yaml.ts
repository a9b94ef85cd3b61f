import { stringify } from 'yaml';
import type { MadeUpOrganisation } from './organisation.ts';

/** The organisation as the file that `casebound import directory` reads. */
export const directoryYaml = (organisation: MadeUpOrganisation): string =>
  stringify({
    organisation: { name: organisation.name },
    vendors: organisation.vendors,
    sites: organisation.sites.map(({ ref, name, vendorRef, timeZone }) => ({
      ref,
      name,
      ...(vendorRef ? { vendor: vendorRef } : {}),
      time_zone: timeZone,
    })),
    shifts: organisation.shifts.map(({ ref, name, startsAt, endsAt, timeZone }) => ({
      ref,
      name,
      starts_at: startsAt,
      ends_at: endsAt,
      time_zone: timeZone,
    })),
    queues: organisation.queues.map(({ ref, name }) => ({ ref, name })),
    teams: organisation.teams.map(({ ref, name, siteRef, shiftRef, queueRefs }) => ({
      ref,
      name,
      site: siteRef,
      ...(shiftRef ? { shift: shiftRef } : {}),
      queues: queueRefs,
    })),
    agents: organisation.agents.map(({ ref, name, role, teamRef, subject }) => ({
      ref,
      name,
      role,
      ...(teamRef ? { team: teamRef } : {}),
      subject,
    })),
  });
