import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import Type from 'typebox';
import { pagePolicy } from '../door/security-headers.ts';
import type { HttpApp } from '../http-app.ts';

const files = [
  { path: '/', file: 'index.html', type: 'text/html', operationId: 'deskPage' },
  { path: '/desk.js', file: 'desk.js', type: 'text/javascript', operationId: 'deskScript' },
  { path: '/page.js', file: 'page.js', type: 'text/javascript', operationId: 'deskParts' },
  { path: '/leads.js', file: 'leads.js', type: 'text/javascript', operationId: 'deskLeads' },
  {
    path: '/mark-layer.js',
    file: '../../../../console/mark-layer/mark-layer.ts',
    type: 'text/javascript',
    operationId: 'markLayerScript',
  },
  { path: '/desk.svg', file: 'desk.svg', type: 'image/svg+xml', operationId: 'deskIcon' },
  { path: '/desk.css', file: 'desk.css', type: 'text/css', operationId: 'deskStyle' },
] as const;

const contentOf = (file: string): string => {
  const content = readFileSync(new URL(`../desk/${file}`, import.meta.url), 'utf8');
  return file.endsWith('.ts') ? stripTypeScriptTypes(content) : content;
};

/** The page on which an agent works: seven files, read once. They hold nothing about anyone. */
export const deskRoutes = (app: HttpApp): void => {
  for (const { path, file, type, operationId } of files) {
    const content = contentOf(file);
    app.get(
      path,
      {
        config: { access: 'anyone' },
        schema: {
          operationId,
          summary: `The desk: ${path}.`,
          tags: ['desk'],
          response: {
            200: { description: 'The file.', content: { [type]: { schema: Type.String() } } },
          },
        },
      },
      async (_request, reply) =>
        reply
          .headers({ 'content-security-policy': pagePolicy, 'cache-control': 'no-cache' })
          .type(`${type}; charset=utf-8`)
          .send(content),
    );
  }
};
