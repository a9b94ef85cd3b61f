import '../../workflows/room/thing.ts';
