import type { TSchema } from 'typebox';
import type { Role } from '../../../model/role.ts';
import type { Page, PageAsk } from '../../../records/directory/directory-entry.ts';
import type { VendorFilter } from '../../../records/directory/directory-reader.ts';
import { whoAsks } from '../door/door.ts';
import { ownPeople } from '../door/own-people.ts';
import type { HttpApp } from '../http-app.ts';
import type { HttpPorts } from '../http-ports.ts';
import { idOf } from '../parsed.ts';
import {
  agentShape,
  presentAgent,
  presentSite,
  presentTeam,
  presentVendor,
  siteShape,
  teamShape,
  vendorShape,
} from '../present-directory.ts';
import { problemAnswers } from '../problem.ts';
import { exactly, idText, limitOf, limitText, list, optional, pageCountMax, words } from '../shape.ts';

const watchers: readonly Role[] = ['vendor-security', 'analyst', 'responder', 'auditor', 'administrator'];
const nobody: Page<never> = { entries: [], next: undefined };

/** A list of the units that people work in, narrowed to what the session may see. */
interface UnitList<Unit> {
  readonly name: 'vendors' | 'sites' | 'teams';
  readonly operationId: string;
  readonly shape: TSchema;
  readonly read: (page: PageAsk, filter: VendorFilter) => Promise<Page<Unit>>;
  readonly present: (unit: Unit) => object;
}

const addUnitList = <Unit>(
  app: HttpApp,
  { name, operationId, shape, read, present }: UnitList<Unit>,
): void => {
  app.get(
    `/v1/${name}`,
    {
      config: { access: { roles: watchers } },
      schema: {
        operationId,
        summary: `The ${name} that I may see, and which of them are suspended.`,
        tags: ['directory'],
        querystring: exactly({
          after: optional(words(200, '`next` of the page before.')),
          limit: optional(limitText),
        }),
        response: {
          200: exactly(
            { [name]: list(shape, pageCountMax), next: optional(words(200)) },
            'One page of them.',
          ),
          ...problemAnswers(400, 401, 403, 429, 503),
        },
      },
    },
    async (request, reply) => {
      const { after, limit } = request.query;
      const own = ownPeople(whoAsks(request));
      const filter = own === 'everyone' ? {} : own;
      const page = filter === 'nobody' ? nobody : await read({ after, countMax: limitOf(limit) }, filter);
      return reply.send({ [name]: page.entries.map(present), next: page.next });
    },
  );
};

const addAgentList = (app: HttpApp, { directory }: HttpPorts): void => {
  app.get(
    '/v1/agents',
    {
      config: { access: { roles: ['lead', ...watchers] } },
      schema: {
        operationId: 'listAgents',
        summary: 'The agents that I may see, and who of them is suspended.',
        tags: ['directory'],
        querystring: exactly({
          after: optional(idText('agent', '`next` of the page before.')),
          limit: optional(limitText),
        }),
        response: {
          200: exactly(
            { agents: list(agentShape, pageCountMax), next: optional(idText('agent')) },
            'One page of them.',
          ),
          ...problemAnswers(400, 401, 403, 429, 503),
        },
      },
    },
    async (request) => {
      const { after, limit } = request.query;
      const own = ownPeople(whoAsks(request));
      if (own === 'nobody') return { agents: [] };
      // References of people stay out of addresses: a page goes on after an agent’s id.
      const last = after === undefined ? undefined : await directory.agentById(idOf('agent', after));
      if (after !== undefined && !last) return { agents: [] };
      const ask = { after: last?.ref, countMax: limitOf(limit) };
      const page = await directory.agents(ask, own === 'everyone' ? {} : own);
      const next = page.next === undefined ? undefined : page.entries.at(-1)?.id;
      return { agents: page.entries.map(presentAgent), ...(next ? { next } : {}) };
    },
  );
};

export const directoryRoutes = (app: HttpApp, ports: HttpPorts): void => {
  const { directory } = ports;
  addUnitList(app, {
    name: 'vendors',
    operationId: 'listVendors',
    shape: vendorShape,
    read: directory.vendors,
    present: presentVendor,
  });
  addUnitList(app, {
    name: 'sites',
    operationId: 'listSites',
    shape: siteShape,
    read: directory.sites,
    present: presentSite,
  });
  addUnitList(app, {
    name: 'teams',
    operationId: 'listTeams',
    shape: teamShape,
    read: directory.teams,
    present: presentTeam,
  });
  addAgentList(app, ports);
};
