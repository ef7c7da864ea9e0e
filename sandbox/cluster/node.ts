import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { addresses, ports } from '../addresses.ts';
import { ensureDaemon, lastLines, stopDaemon } from '../daemon.ts';
import { run } from '../exec.ts';
import { binDir, clusterDir, logDir } from '../paths.ts';
import { waitFor } from '../wait.ts';
import { kubectl } from './control-plane.ts';
import { pki } from './pki.ts';

/** Socket of the cluster's own containerd. */
export const containerdSocket = join(clusterDir, 'run', 'containerd.sock');

const configDir = join(clusterDir, 'config');

function writeConfig(name: string, content: string | object): string {
  mkdirSync(configDir, { recursive: true });
  const path = join(configDir, name);
  const text = typeof content === 'string' ? content : JSON.stringify(content, undefined, 2);
  // kube-proxy ends itself when its file is written, whether or not the content changed.
  if (!existsSync(path) || readFileSync(path, 'utf8') !== text) writeFileSync(path, text);
  return path;
}

function containerdConfig(): string {
  const hosts = join(configDir, 'registries');
  mkdirSync(join(hosts, '_default'), { recursive: true });
  // Every upstream registry is answered by the local mirror; there is no way out of the machine.
  const mirror = `http://127.0.0.1:${ports.registry}`;
  writeFileSync(
    join(hosts, '_default', 'hosts.toml'),
    `server = "${mirror}"\n[host."${mirror}"]\n  capabilities = ["pull", "resolve"]\n`,
  );
  const cniDir = join(configDir, 'cni');
  mkdirSync(cniDir, { recursive: true });
  writeFileSync(join(cniDir, '10-saas.conflist'), JSON.stringify(networkConfig()));
  return `version = 2
root = "${join(clusterDir, 'containerd')}"
state = "${join(clusterDir, 'run', 'containerd')}"
disabled_plugins = ["io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.internal.v1.opt"]
[grpc]
  address = "${containerdSocket}"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "registry.k8s.io/pause:3.10"
  stream_server_address = "127.0.0.1"
  # Without CAP_SYS_RESOURCE (a container, a small VM) lowering a score below one's own fails.
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "${cniDir}"
  [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = "${hosts}"
`;
}

function networkConfig(): object {
  return {
    cniVersion: '0.4.0',
    name: 'saas',
    plugins: [
      {
        type: 'bridge',
        bridge: addresses.bridge,
        isGateway: true,
        hairpinMode: true,
        ipam: {
          type: 'host-local',
          dataDir: join(clusterDir, 'ipam'),
          ranges: [
            [
              {
                subnet: addresses.podCidr,
                rangeStart: addresses.podFirst,
                rangeEnd: addresses.podLast,
                gateway: addresses.node,
              },
            ],
          ],
          routes: [{ dst: '0.0.0.0/0' }],
        },
      },
    ],
  };
}

function kubeletConfig(): object {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    address: addresses.node,
    port: ports.kubelet,
    healthzBindAddress: '127.0.0.1',
    healthzPort: ports.kubeletHealth,
    authentication: { x509: { clientCAFile: pki('ca.crt') }, anonymous: { enabled: false } },
    authorization: { mode: 'Webhook' },
    tlsCertFile: pki('kubelet.crt'),
    tlsPrivateKeyFile: pki('kubelet.key'),
    containerRuntimeEndpoint: `unix://${containerdSocket}`,
    cgroupDriver: 'cgroupfs',
    failCgroupV1: false,
    failSwapOn: false,
    clusterDNS: [addresses.dnsService],
    clusterDomain: 'cluster.local',
    resolvConf: writeConfig('resolv.conf', ''),
    // Its canary chains are for proxies that use iptables.
    makeIPTablesUtilChains: false,
    podLogsDir: join(logDir, 'pods'),
    volumePluginDir: join(clusterDir, 'volume-plugins'),
    serializeImagePulls: false,
    // The disk is the user's own: evict late, and never collect images that cannot be pulled again.
    evictionHard: {
      'memory.available': '100Mi',
      'nodefs.available': '2%',
      'imagefs.available': '2%',
    },
    imageGCHighThresholdPercent: 100,
    imageGCLowThresholdPercent: 99,
    syncFrequency: '10s',
    shutdownGracePeriod: '0s',
  };
}

function proxyConfig(): object {
  return {
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    mode: 'nftables',
    bindAddress: addresses.node,
    metricsBindAddress: `127.0.0.1:${ports.proxyMetrics}`,
    healthzBindAddress: `127.0.0.1:${ports.proxyHealth}`,
    clientConnection: { kubeconfig: pki('proxy.kubeconfig') },
    clusterCIDR: addresses.podCidr,
    hostnameOverride: addresses.nodeName,
    conntrack: { maxPerCore: 0, min: 0 },
    nodePortAddresses: [`${addresses.node}/32`],
  };
}

/** Creates the pods' bridge with the node's address; the API server is advertised on it. */
export async function ensureBridge(): Promise<void> {
  if (!existsSync(`/sys/class/net/${addresses.bridge}`)) {
    await run('ip', ['link', 'add', addresses.bridge, 'type', 'bridge']);
  }
  await run('ip', ['address', 'replace', `${addresses.node}/16`, 'dev', addresses.bridge]);
  await run('ip', ['link', 'set', addresses.bridge, 'up']);
}

/** Starts container runtime, kubelet, Service proxy and policy enforcement; waits for the node. */
export async function startNode(): Promise<void> {
  mkdirSync(join(clusterDir, 'run'), { recursive: true });
  await ensureDaemon({
    name: 'containerd',
    command: 'containerd',
    args: ['--config', writeConfig('containerd.toml', containerdConfig()), '--log-level', 'warn'],
  });
  await waitFor('containerd', 30, async () => {
    await run('ctr', ['--address', containerdSocket, 'version'], { timeout: 5 });
    return undefined;
  });
  const kubelet = {
    name: 'kubelet',
    command: join(binDir, 'kubelet'),
    args: [
      `--config=${writeConfig('kubelet.json', kubeletConfig())}`,
      `--kubeconfig=${pki('kubelet.kubeconfig')}`,
      `--root-dir=${join(clusterDir, 'kubelet')}`,
      `--node-ip=${addresses.node}`,
      `--hostname-override=${addresses.nodeName}`,
      '--v=1',
    ],
  };
  await ensureDaemon(kubelet);
  await ensureDaemon({
    name: 'kube-proxy',
    command: join(binDir, 'kube-proxy'),
    args: [`--config=${writeConfig('proxy.json', proxyConfig())}`],
  });
  await kubectl(['apply', '--server-side', '--force-conflicts', '-f', '-'], {
    input: JSON.stringify(enforcerAccess()),
  });
  await ensureDaemon({
    name: 'network-policies',
    command: join(binDir, 'network-policies'),
    args: [
      `--kubeconfig=${pki('network-policies.kubeconfig')}`,
      `--pod-cidr=${addresses.podCidr}`,
      `--node-ip=${addresses.node}`,
      `--bridge=${addresses.bridge}`,
      `--healthz=127.0.0.1:${ports.networkPolicies}`,
      '--log-drops',
    ],
  });
  await waitFor('the network policy enforcer', 30, async () => {
    const answer = await fetch(`http://127.0.0.1:${ports.networkPolicies}/healthz`);
    return answer.ok ? undefined : lastLines('network-policies');
  });
  await waitFor('the node', 60, async () => {
    // containerd answers before its part for Kubernetes does; a kubelet that came in between ended.
    await ensureDaemon(kubelet);
    const query = 'jsonpath={.status.conditions[?(@.type=="Ready")]}';
    const ready = await kubectl(['get', 'node', addresses.nodeName, '-o', query]);
    return ready.includes('"status":"True"') ? undefined : `${ready}\n${lastLines('kubelet')}`;
  });
}

/** Read access for the policy enforcer, which holds no token of the cluster's own. */
function enforcerAccess(): object {
  const name = 'sandbox:network-policies';
  const read = ['get', 'list', 'watch'];
  return {
    apiVersion: 'v1',
    kind: 'List',
    items: [
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRole',
        metadata: { name },
        rules: [
          { apiGroups: [''], resources: ['pods', 'namespaces', 'nodes'], verbs: read },
          { apiGroups: ['networking.k8s.io'], resources: ['networkpolicies'], verbs: read },
        ],
      },
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRoleBinding',
        metadata: { name },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
        subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name }],
      },
    ],
  };
}

/** Stops the node's daemons; pods go on running until `removePods`. */
export async function stopNode(): Promise<void> {
  for (const name of ['kubelet', 'network-policies', 'kube-proxy']) await stopDaemon(name);
}
