import '../../src/model/thing.ts';
import '../../src/platform/clock/thing.ts';
import '../../src/platform/chance/thing.ts';
