import './thing.test.ts';
