import '../../main.ts';
