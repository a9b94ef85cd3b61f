import type { Command } from './command.ts';

export const versionCommand: Command = {
  name: 'version',
  summary: 'Which Casebound this is, and on which Node.js it runs',
  usage: 'version [--json]',
  operands: [],
  options: { json: { type: 'boolean', describe: 'the same as JSON' } },
  async run(args, io) {
    const { default: about } = await import('../../../package.json', { with: { type: 'json' } });
    const { name, version } = about;
    io.answer(
      args.flag('json')
        ? JSON.stringify({ name, version, node: process.versions.node })
        : `${name} ${version} on Node.js ${process.versions.node}`,
    );
    return 0;
  },
};
