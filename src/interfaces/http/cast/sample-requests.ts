import type { FastifyInstance } from 'fastify';
import { newId } from '../../../model/id.ts';
import type { FakeWorld } from './fake-world.ts';

/** One picture as a form, the way a browser sends it. */
export const photoForm = (...pictures: Uint8Array<ArrayBuffer>[]): FormData => {
  const form = new FormData();
  for (const picture of pictures)
    form.append('picture', new Blob([picture], { type: 'image/png' }), 'photo.png');
  return form;
};

export interface Sample {
  readonly url: string;
  readonly payload?: object;
}

/** Requests of those who look into a leak. */
const traceSamples = (world: FakeWorld): Readonly<Record<string, Sample>> => {
  const { chance } = world.ports;
  return {
    readLead: { url: `/v1/alerts/${newId('alert', chance)}/lead` },
    tellFeedback: { url: `/v1/alerts/${newId('alert', chance)}/feedback`, payload: { verdict: 'explained' } },
    askTrace: {
      url: '/v1/traces',
      payload: {
        reports: [{ customer: world.customer, at: '2026-11-20T10:00:00.000Z', authenticated: 'code' }],
      },
    },
    listTraces: { url: '/v1/traces' },
    readTrace: { url: `/v1/traces/${newId('trace', chance)}` },
    exposeAccount: {
      url: '/v1/exposures',
      payload: {
        agent: newId('agent', chance),
        from: '2026-11-01T00:00:00.000Z',
        to: '2026-11-20T10:00:00.000Z',
      },
    },
    readPhotos: { url: '/v1/photo-readings', payload: photoForm(new Uint8Array([1])) },
  };
};

/** One request for every operation that its route lets in, as far as form goes. */
export const sampleRequests = (world: FakeWorld): Readonly<Record<string, Sample>> => {
  const view = world.openView();
  const reason = { code: 'verify-caller', text: 'Compare with the letter they hold' };
  const { chance } = world.ports;
  const standing = { state: 'suspended', reason };
  const look = { fields: ['email'], reason };
  return {
    deskPage: { url: '/' },
    deskScript: { url: '/desk.js' },
    deskParts: { url: '/page.js' },
    deskLeads: { url: '/leads.js' },
    markLayerScript: { url: '/mark-layer.js' },
    deskIcon: { url: '/desk.svg' },
    deskStyle: { url: '/desk.css' },
    health: { url: '/healthz' },
    readiness: { url: '/readyz' },
    openApi: { url: '/openapi.json' },
    startSignIn: { url: '/v1/sign-in' },
    finishSignIn: { url: '/v1/sign-in/callback?code=sub-agent&state=state' },
    signOut: { url: '/v1/sign-out' },
    me: { url: '/v1/me' },
    myCases: { url: '/v1/cases?limit=10' },
    listReasons: { url: '/v1/reasons?topic=card' },
    lookUp: { url: '/v1/lookups', payload: { case: world.caseRef, by: 'email', value: 'ann@example.com' } },
    openView: { url: '/v1/views', payload: { case: world.caseRef, customer: world.customer, reason } },
    reveal: { url: `/v1/views/${view}/reveals`, payload: look },
    viewMark: { url: `/v1/views/${view}/mark?theme=dark` },
    reportMarkAbsence: {
      url: `/v1/views/${view}/mark-absences`,
      payload: { reason: 'removed', restored: 1 },
    },
    contact: { url: `/v1/views/${view}/contacts`, payload: { field: 'phone' } },
    askExport: { url: '/v1/exports', payload: { case: world.caseRef, ...look } },
    askApproval: { url: '/v1/approvals', payload: { case: world.caseRef, ...look } },
    listApprovals: { url: '/v1/approvals' },
    decideApproval: {
      url: `/v1/approvals/${newId('approval', chance)}/decision`,
      payload: { granted: true },
    },
    breakGlass: { url: '/v1/break-glass', payload: { customer: world.customer, reason, minutes: 30 } },
    listBreakGlass: { url: '/v1/break-glass' },
    endBreakGlass: { url: `/v1/break-glass/${newId('breakGlass', chance)}/end`, payload: {} },
    erase: {
      url: '/v1/erasures',
      payload: { subject: { customer: world.customer }, request: 'DSR-1', basis: 'objection' },
    },
    listErasures: { url: '/v1/erasures' },
    erasureCertificate: { url: `/v1/erasures/${newId('erasure', chance)}/certificate` },
    putHold: {
      url: '/v1/holds',
      payload: { cover: { customer: world.customer }, reason: 'claim before the district court' },
    },
    listHolds: { url: '/v1/holds?ended=true' },
    liftHold: {
      url: `/v1/holds/${newId('hold', chance)}/lift`,
      payload: { reason: 'the claim was settled' },
    },
    setVendorState: { url: `/v1/vendors/${newId('vendor', chance)}/state`, payload: standing },
    setSiteState: { url: `/v1/sites/${newId('site', chance)}/state`, payload: standing },
    setTeamState: { url: `/v1/teams/${newId('team', chance)}/state`, payload: standing },
    setAgentState: { url: `/v1/agents/${newId('agent', chance)}/state`, payload: standing },
    moveAgent: {
      url: `/v1/agents/${newId('agent', chance)}/team`,
      payload: { team: newId('team', chance), reason },
    },
    changeRole: { url: `/v1/agents/${newId('agent', chance)}/role`, payload: { role: 'lead', reason } },
    listAlerts: { url: '/v1/alerts?limit=3' },
    listVendors: { url: '/v1/vendors?limit=5' },
    listSites: { url: '/v1/sites' },
    listTeams: { url: '/v1/teams' },
    listAgents: { url: `/v1/agents?after=${world.players.lead.agent.id}` },
    readAccesses: { url: '/v1/accesses?after=3&limit=10' },
    ledgerHeads: { url: '/v1/ledger/heads' },
    ledgerEntry: { url: '/v1/ledger/entries/3' },
    ...traceSamples(world),
    takeCaseChanges: { url: '/v1/webhooks/cases', payload: { type: 'case.changed' } },
  };
};

export interface Operation {
  readonly id: string;
  readonly method: 'GET' | 'POST' | 'PUT';
  /** As the router spells it: `/v1/views/:view/reveals`. */
  readonly path: string;
}

const methods = ['get', 'post', 'put'] as const;

/** Every operation that the server has, from its own description of itself. */
export const operationsOf = (app: FastifyInstance): Operation[] => {
  const paths: object = app.swagger().paths ?? {};
  return Object.entries(paths).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const id: string | undefined = item[method]?.operationId;
      if (id === undefined) return [];
      const upper = method.toUpperCase() as Operation['method'];
      return [{ id, method: upper, path: path.replaceAll(/\{(\w+)\}/g, ':$1') }];
    }),
  );
};
