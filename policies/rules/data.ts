import type { Rule } from '../rule.ts';
import { elasticSecurity } from './es-01-security.ts';
import { elasticNodes } from './es-02-nodes.ts';
import { elasticSnapshots } from './es-03-snapshots.ts';
import { mongoLogin } from './mg-01-login.ts';
import { mongoTls } from './mg-02-tls.ts';
import { mongoMembers } from './mg-03-members.ts';
import { mongoBackup } from './mg-04-backup.ts';
import { mongoUsers } from './mg-05-users.ts';
import { monitoring } from './ob-01-monitoring.ts';
import { watchedData } from './ob-02-watched.ts';
import { postgresInstances } from './pg-01-instances.ts';
import { synchronous } from './pg-02-synchronous.ts';
import { archive } from './pg-03-archive.ts';
import { postgresSchedule } from './pg-04-schedule.ts';
import { superuser } from './pg-05-superuser.ts';
import { authentication } from './pg-06-authentication.ts';
import { postgresStorage } from './pg-07-storage.ts';
import { splitBrain } from './pg-08-fencing.ts';
import { clustersApart } from './pg-09-apart.ts';
import { pooler } from './pg-10-pooler.ts';
import { redisUsers } from './rd-01-users.ts';
import { redisTls } from './rd-02-tls.ts';
import { redisData } from './rd-03-data.ts';
import { redisNodes } from './rd-04-nodes.ts';

/** Rules about databases and what watches them, in the order of the control catalogue. */
export const dataRules: readonly Rule[] = [
  postgresInstances,
  synchronous,
  archive,
  postgresSchedule,
  superuser,
  authentication,
  postgresStorage,
  splitBrain,
  clustersApart,
  pooler,
  mongoLogin,
  mongoTls,
  mongoMembers,
  mongoBackup,
  mongoUsers,
  redisUsers,
  redisTls,
  redisData,
  redisNodes,
  elasticSecurity,
  elasticNodes,
  elasticSnapshots,
  monitoring,
  watchedData,
];
