import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { afterEach, describe, expect, it } from 'vitest';
import { plain } from '../../model/plain.ts';
import { systemChance } from '../chance/system-chance.ts';
import { systemClock } from '../clock/system-clock.ts';
import { sendSignedWebhook } from './signed-webhook.ts';

const secret = plain(`whsec_${Buffer.alloc(24, 7).toString('base64')}`);
const ports = { clock: systemClock, chance: systemChance, answerMsMax: 1_000 };

describe('a signed webhook', () => {
  let server: Server | undefined;
  afterEach(() => server?.closeAllConnections());

  const listen = async (
    answer: (headers: Record<string, string>, body: string) => number,
  ): Promise<string> => {
    server = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      response.writeHead(answer(request.headers as Record<string, string>, body)).end();
    });
    const listening = server;
    await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(listening.address() as AddressInfo).port}/`;
  };

  it('verifies with the public library of Standard Webhooks', async () => {
    let told: unknown;
    const url = await listen((headers, body) => {
      told = new Webhook(`whsec_${Buffer.alloc(24, 7).toString('base64')}`).verify(body, headers);
      return 204;
    });
    await sendSignedWebhook({ url, secret }, ports, { type: 'contact.start', to: '+441632960000' });
    expect(told).toEqual({ type: 'contact.start', to: '+441632960000' });
    server?.close();
  });

  it('is a fault when the other side says no, and the fault quotes nothing of the message', async () => {
    const url = await listen(() => 500);
    const failed = sendSignedWebhook({ url, secret }, ports, { to: '+441632960000' });
    await expect(failed).rejects.toMatchObject({ code: 'contact-failed' });
    await expect(failed).rejects.not.toThrow(/441632960000/);
    server?.close();
  });

  it('is a fault when nobody answers there', async () => {
    const url = await listen(() => 200);
    server?.close();
    await expect(sendSignedWebhook({ url, secret }, ports, {})).rejects.toMatchObject({
      code: 'contact-failed',
    });
  });

  it('refuses a secret that is too short to be one', async () => {
    await expect(
      sendSignedWebhook({ url: 'http://127.0.0.1:9/', secret: plain('whsec_short') }, ports, {}),
    ).rejects.toMatchObject({ code: 'bad-request' });
  });
});
