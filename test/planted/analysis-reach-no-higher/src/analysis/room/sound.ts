import '../../model/thing.ts';
