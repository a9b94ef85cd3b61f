import '../schema/thing.ts';
