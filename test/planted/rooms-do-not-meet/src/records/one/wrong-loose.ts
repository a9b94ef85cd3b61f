import '../roomless.ts';
