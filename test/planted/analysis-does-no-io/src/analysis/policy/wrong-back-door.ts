export const { readFileSync } = process.getBuiltinModule('node:fs');
