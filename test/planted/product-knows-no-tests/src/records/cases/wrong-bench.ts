import '../../../bench/thing.ts';
