import './wrong-one.ts';
