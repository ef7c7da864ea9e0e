import { applicationRules } from './application.ts';
import { elasticsearchBackupRules, postgresBackupRules, redisBackupRules } from './backups.ts';
import { certificateRules } from './certificates.ts';
import { edgeRules, probeRules } from './edge.ts';
import { elasticsearchRules, logAgentRules, victoriaLogsRules } from './logs.ts';
import { metaRules } from './meta.ts';
import { kubeletRules, kubeNodeRules, nodeRules } from './nodes.ts';
import { poolerRules, postgresRules } from './postgres.ts';
import { redisRules } from './redis.ts';
import type { RuleGroup } from './rule.ts';
import { storageRules } from './storage.ts';
import { containerRules, workloadRules } from './workloads.ts';

/** Every rule of the platform by topic. */
export const ruleGroups: readonly RuleGroup[] = [
  applicationRules,
  edgeRules,
  probeRules,
  postgresRules,
  poolerRules,
  redisRules,
  containerRules,
  workloadRules,
  storageRules,
  nodeRules,
  kubeNodeRules,
  kubeletRules,
  certificateRules,
  postgresBackupRules,
  redisBackupRules,
  elasticsearchBackupRules,
  logAgentRules,
  elasticsearchRules,
  victoriaLogsRules,
  metaRules,
];

/** The groups whose series exist, given what is scraped and installed. */
export function groupsFor(present: ReadonlySet<string>): RuleGroup[] {
  return ruleGroups.filter(({ needs }) => needs.every((part) => present.has(part)));
}
