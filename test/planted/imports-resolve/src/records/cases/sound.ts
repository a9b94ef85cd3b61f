import './thing.ts';
