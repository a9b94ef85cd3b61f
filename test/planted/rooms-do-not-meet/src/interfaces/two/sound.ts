import './deeper/thing.ts';
