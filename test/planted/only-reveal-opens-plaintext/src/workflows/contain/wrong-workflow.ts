import '../../records/vault/open-vault.ts';
