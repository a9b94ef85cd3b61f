import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface DemoTelephone {
  readonly url: string;
  /** How many contacts were started. Numbers and addresses are not kept. */
  readonly contacts: () => number;
  stop(): Promise<void>;
}

/** Stands in for the organisation's telephone system and mail gateway: takes what Casebound hands over and rings nobody. */
export const startDemoTelephone = async (): Promise<DemoTelephone> => {
  let contacts = 0;
  const server = createServer((request, response) => {
    request.resume().once('end', () => {
      contacts += 1;
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/contacts`,
    contacts: () => contacts,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
};
