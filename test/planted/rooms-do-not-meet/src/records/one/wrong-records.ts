import '../two/thing.ts';
