import 'node:perf_hooks';
