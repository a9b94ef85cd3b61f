import '../../platform/clock/thing.ts';
