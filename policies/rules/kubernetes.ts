import type { Rule } from '../rule.ts';
import { imageTag } from './img-01-tag.ts';
import { imageDigest } from './img-02-digest.ts';
import { imageRegistry } from './img-03-registry.ts';
import { pullPolicy } from './img-04-pull-policy.ts';
import { retiredImages } from './img-05-retired.ts';
import { defaultDeny } from './net-01-default-deny.ts';
import { everyWorkload } from './net-02-every-workload.ts';
import { egress } from './net-03-egress.ts';
import { ingress } from './net-04-ingress.ts';
import { metadataService } from './net-05-metadata-service.ts';
import { peers } from './net-06-peers.ts';
import { wildcards } from './rbac-01-wildcards.ts';
import { admin } from './rbac-02-admin.ts';
import { secretReaders } from './rbac-03-secrets.ts';
import { runAndExec } from './rbac-04-run-and-exec.ts';
import { escalation } from './rbac-05-escalation.ts';
import { clusterControl } from './rbac-06-cluster-control.ts';
import { everybody } from './rbac-07-everybody.ts';
import { looseEnds } from './rbac-08-loose-ends.ts';
import { podSecurity } from './ns-01-pod-security.ts';
import { accounts } from './pod-17-accounts.ts';
import { tokens } from './pod-18-tokens.ts';
import { requests } from './res-01-requests.ts';
import { memoryLimit } from './res-02-memory-limit.ts';
import { cpuLimit } from './res-03-cpu-limit.ts';
import { scratchSpace } from './res-04-scratch-space.ts';
import { quotas } from './res-05-quotas.ts';
import { readiness } from './avl-01-readiness.ts';
import { liveness } from './avl-02-liveness.ts';
import { probePorts } from './avl-03-probe-ports.ts';
import { services } from './net-07-services.ts';
import { tlsEdge } from './net-08-tls-edge.ts';
import { tlsVersion } from './net-09-tls-version.ts';
import { referenceGrants } from './net-11-reference-grants.ts';
import { literalsInPods } from './sec-01-literals-in-pods.ts';
import { literalsInObjects } from './sec-02-literals-in-objects.ts';
import { secretsAsFiles } from './sec-03-secrets-as-files.ts';
import { generatedSecrets } from './sec-05-generated-secrets.ts';
import { accountTokens } from './sec-06-account-tokens.ts';
import { replicas } from './avl-04-replicas.ts';
import { jobs } from './avl-11-jobs.ts';
import { protect } from './pu-01-protect.ts';
import { ignoredChanges } from './pu-02-ignore-changes.ts';
import { bypass } from './pu-03-bypass.ts';
import { provider } from './pu-04-provider.ts';
import { versions } from './pu-05-versions.ts';
import { waivers } from './pu-06-waivers.ts';
import { privileged } from './pod-01-privileged.ts';
import { privilegeEscalation } from './pod-02-privilege-escalation.ts';
import { runAsNonRoot } from './pod-03-run-as-non-root.ts';
import { rootIds } from './pod-04-root-ids.ts';
import { capabilities } from './pod-05-capabilities.ts';
import { seccomp } from './pod-06-seccomp.ts';
import { hostNamespaces } from './pod-07-host-namespaces.ts';
import { volumeKinds } from './pod-08-volume-kinds.ts';
import { hostPaths } from './pod-09-host-paths.ts';
import { hostPorts } from './pod-10-host-ports.ts';
import { readOnlyRoot } from './pod-11-read-only-root.ts';
import { sysctls } from './pod-12-sysctls.ts';
import { procMount } from './pod-13-proc-mount.ts';
import { mandatoryAccess } from './pod-14-mandatory-access.ts';
import { windowsHostProcess } from './pod-15-windows-host-process.ts';
import { probeHosts } from './pod-16-probe-hosts.ts';
import { sharing } from './pod-19-sharing.ts';
import { namespaces } from './pod-20-namespaces.ts';
import { barePods } from './pod-21-bare-pods.ts';
import { lowPorts } from './pod-22-low-ports.ts';

/** Rules about objects of Kubernetes, in the order of the control catalogue. */
export const kubernetesRules: readonly Rule[] = [
  privileged,
  privilegeEscalation,
  runAsNonRoot,
  rootIds,
  capabilities,
  seccomp,
  hostNamespaces,
  volumeKinds,
  hostPaths,
  hostPorts,
  readOnlyRoot,
  sysctls,
  procMount,
  mandatoryAccess,
  windowsHostProcess,
  probeHosts,
  sharing,
  namespaces,
  barePods,
  lowPorts,
  imageTag,
  imageDigest,
  imageRegistry,
  pullPolicy,
  retiredImages,
  defaultDeny,
  everyWorkload,
  egress,
  ingress,
  metadataService,
  peers,
  wildcards,
  admin,
  secretReaders,
  runAndExec,
  escalation,
  clusterControl,
  everybody,
  looseEnds,
  podSecurity,
  accounts,
  tokens,
  requests,
  memoryLimit,
  cpuLimit,
  scratchSpace,
  quotas,
  readiness,
  liveness,
  probePorts,
  services,
  tlsEdge,
  tlsVersion,
  referenceGrants,
  literalsInPods,
  literalsInObjects,
  secretsAsFiles,
  generatedSecrets,
  accountTokens,
  replicas,
  jobs,
  protect,
  ignoredChanges,
  bypass,
  provider,
  versions,
  waivers,
];
