import 'pg-pool';
