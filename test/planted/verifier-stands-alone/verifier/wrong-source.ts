import '../src/model/thing.ts';
