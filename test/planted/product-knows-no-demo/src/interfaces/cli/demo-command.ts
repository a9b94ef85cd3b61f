export const run = () => import('../../../demo/world/thing.ts');
