import '../../settings.ts';
