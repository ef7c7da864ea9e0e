import type { Recipe } from '../recipe.ts';
import { app } from './app.ts';
import { busybox } from './busybox.ts';
import { cloudnativePg } from './cloudnative-pg.ts';
import { coredns } from './coredns.ts';
import { ferretdb } from './ferretdb.ts';
import { localPathProvisioner } from './local-path-provisioner.ts';
import { pause } from './pause.ts';
import { pgbouncer } from './pgbouncer.ts';
import { pluginBarmanCloudSidecar } from './plugin-barman-cloud-sidecar.ts';
import { pluginBarmanCloud } from './plugin-barman-cloud.ts';
import { postgresql } from './postgresql.ts';
import { redis } from './redis.ts';
import { traefik } from './traefik.ts';
import { versitygw } from './versitygw.ts';

/** Every image of the embedded cluster. */
export const recipes: readonly Recipe[] = [
  pause,
  busybox,
  coredns,
  localPathProvisioner,
  cloudnativePg,
  pluginBarmanCloud,
  pluginBarmanCloudSidecar,
  postgresql,
  pgbouncer,
  redis,
  versitygw,
  ferretdb,
  traefik,
  app,
];
