import '../../../demo/world/thing.ts';
