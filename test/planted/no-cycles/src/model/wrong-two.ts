import './wrong-three.ts';
