import '../../analysis/mask/thing.ts';
