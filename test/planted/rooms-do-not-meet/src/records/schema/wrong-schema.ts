import '../one/thing.ts';
