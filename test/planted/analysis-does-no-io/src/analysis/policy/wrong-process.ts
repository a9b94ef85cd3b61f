export const start = async () => (await import('node:child_process')).spawn;
