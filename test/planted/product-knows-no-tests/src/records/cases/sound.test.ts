import '../../../test/support/thing.ts';
