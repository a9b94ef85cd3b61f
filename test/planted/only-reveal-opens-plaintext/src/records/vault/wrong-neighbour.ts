export { thing } from './open-vault.ts';
