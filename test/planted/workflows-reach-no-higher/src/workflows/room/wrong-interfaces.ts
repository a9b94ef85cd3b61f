import '../../interfaces/room/thing.ts';
