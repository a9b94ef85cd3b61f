import '../../records/room/thing.ts';
