import '../../model/thing.ts';
import '../../analysis/room/thing.ts';
import '../../platform/room/thing.ts';
