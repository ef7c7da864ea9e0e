import { join } from 'node:path';

import { addresses, ports } from '../addresses.ts';
import { ensureDaemon, lastLines, stopDaemon } from '../daemon.ts';
import { run } from '../exec.ts';
import { binDir, clusterDir, kubeconfig } from '../paths.ts';
import { waitFor } from '../wait.ts';
import { pki } from './pki.ts';

const loopback = '127.0.0.1';

function flags(values: Readonly<Record<string, string | number | boolean>>): string[] {
  return Object.entries(values).map(([name, value]) => `--${name}=${value}`);
}

const etcd = {
  name: 'etcd',
  command: join(binDir, 'etcd'),
  args: flags({
    'data-dir': join(clusterDir, 'etcd'),
    'listen-client-urls': `https://${loopback}:${ports.etcd}`,
    'advertise-client-urls': `https://${loopback}:${ports.etcd}`,
    'listen-peer-urls': `http://${loopback}:${ports.etcdPeer}`,
    'initial-advertise-peer-urls': `http://${loopback}:${ports.etcdPeer}`,
    'initial-cluster': `default=http://${loopback}:${ports.etcdPeer}`,
    'client-cert-auth': true,
    'trusted-ca-file': pki('ca.crt'),
    'cert-file': pki('etcd.crt'),
    'key-file': pki('etcd.key'),
    // A disposable cluster: durability over a power cut is not worth an fsync per write.
    'unsafe-no-fsync': true,
    'auto-compaction-retention': '30m',
    'log-level': 'warn',
  }),
};

const apiserver = {
  name: 'kube-apiserver',
  command: join(binDir, 'kube-apiserver'),
  args: flags({
    'advertise-address': addresses.node,
    'bind-address': addresses.node,
    'secure-port': ports.apiServer,
    'etcd-servers': `https://${loopback}:${ports.etcd}`,
    'etcd-cafile': pki('ca.crt'),
    'etcd-certfile': pki('etcd.crt'),
    'etcd-keyfile': pki('etcd.key'),
    'encryption-provider-config': pki('encryption.yaml'),
    'service-cluster-ip-range': addresses.serviceCidr,
    'service-account-issuer': 'https://kubernetes.default.svc.cluster.local',
    'service-account-key-file': pki('service-accounts.pub'),
    'service-account-signing-key-file': pki('service-accounts.key'),
    'tls-cert-file': pki('apiserver.crt'),
    'tls-private-key-file': pki('apiserver.key'),
    'client-ca-file': pki('ca.crt'),
    'kubelet-certificate-authority': pki('ca.crt'),
    'kubelet-client-certificate': pki('apiserver-kubelet.crt'),
    'kubelet-client-key': pki('apiserver-kubelet.key'),
    'kubelet-preferred-address-types': 'InternalIP',
    'authorization-mode': 'Node,RBAC',
    'enable-admission-plugins': 'NodeRestriction',
    'allow-privileged': true,
  }),
};

const controllerManager = {
  name: 'kube-controller-manager',
  command: join(binDir, 'kube-controller-manager'),
  args: flags({
    kubeconfig: pki('controller-manager.kubeconfig'),
    'bind-address': loopback,
    'leader-elect': false,
    'use-service-account-credentials': true,
    'root-ca-file': pki('ca.crt'),
    'service-account-private-key-file': pki('service-accounts.key'),
    'cluster-signing-cert-file': pki('ca.crt'),
    'cluster-signing-key-file': pki('ca.key'),
    'authentication-skip-lookup': true,
  }),
};

const scheduler = {
  name: 'kube-scheduler',
  command: join(binDir, 'kube-scheduler'),
  args: flags({
    kubeconfig: pki('scheduler.kubeconfig'),
    'bind-address': loopback,
    'leader-elect': false,
    'authentication-skip-lookup': true,
  }),
};

/** Names of the control plane's daemons in the order in which they stop. */
const stopOrder = [scheduler.name, controllerManager.name, apiserver.name, etcd.name];

/** Starts what is not running and waits until the API server says it is ready. */
export async function startControlPlane(): Promise<void> {
  await ensureDaemon(etcd);
  await ensureDaemon(apiserver);
  await waitFor('the API server', 90, async () => {
    const answer = await kubectl(['get', '--raw', '/readyz'], { timeout: 10 }).catch(
      () => `not answering; its last lines:\n${lastLines(apiserver.name)}`,
    );
    return answer === 'ok' ? undefined : answer;
  });
  await ensureDaemon(controllerManager);
  await ensureDaemon(scheduler);
}

/** Stops the control plane; an API server whose etcd is gone would hang, so etcd goes last. */
export async function stopControlPlane(): Promise<void> {
  for (const name of stopOrder) await stopDaemon(name);
}

/** Runs kubectl as the administrator of the embedded cluster. */
export function kubectl(
  args: readonly string[],
  options: { readonly input?: string; readonly timeout?: number } = {},
): Promise<string> {
  return run(join(binDir, 'kubectl'), ['--kubeconfig', kubeconfig, ...args], options);
}
