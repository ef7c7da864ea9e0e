/** API group of CloudNativePG. */
export const CNPG = 'postgresql.cnpg.io';
/** Name under which the backup plugin of CloudNativePG registers. */
export const BARMAN = 'barman-cloud.cloudnative-pg.io';
