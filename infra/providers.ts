import * as k8s from '@pulumi/kubernetes';
import * as pulumi from '@pulumi/pulumi';

import type { Settings } from './config.ts';

/**
 * Sends every Kubernetes object of the program to the configured cluster. There is one provider,
 * because each is a process of its own. Its kubeconfig is $KUBECONFIG, or ~/.kube/config.
 * Call it before the first resource.
 */
export function useCluster(cluster: Settings['cluster']): void {
  const provider = new k8s.Provider('cluster', {
    context: cluster.context,
    // Without it a changed address of the API server would replace everything in the cluster.
    clusterIdentifier: cluster.identifier,
    // Updated in place, because their names are fixed: a replacement would take them away from
    // running pods for a moment. Pods roll by a checksum in their annotations instead.
    enableConfigMapMutable: true,
    enableSecretMutable: true,
  });
  // For the whole stack, so that no layer can forget it: the default provider would take whatever
  // context the user's kubeconfig happens to have.
  pulumi.runtime.registerStackTransformation(({ type, props, opts }) => {
    const foreign = !type.startsWith('kubernetes:') || 'provider' in opts;
    return foreign ? undefined : { props, opts: pulumi.mergeOptions(opts, { provider }) };
  });
}
