import '../../src/records/cases/thing.ts';
