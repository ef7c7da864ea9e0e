import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { LockEntry, OperatorsLock } from '../../../components/operators/lock.ts';

/** A CRD, an account, a webhook, a Service and a Deployment, in the shape upstream ships them. */
export const OPERATOR_YAML = `apiVersion: v1
kind: Namespace
metadata: {name: cnpg-system}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  creationTimestamp: null
  name: controller
  namespace: cnpg-system
  labels: {app.kubernetes.io/name: cloudnative-pg, app.kubernetes.io/managed-by: kustomize}
spec:
  selector: {matchLabels: {app.kubernetes.io/name: cloudnative-pg}}
  template:
    metadata:
      labels: {app.kubernetes.io/name: cloudnative-pg}
      annotations: {upstream: 'yes'}
    spec:
      serviceAccountName: manager
      securityContext: {fsGroup: 10001}
      initContainers:
        - {name: prepare, image: 'example.org/operator:1'}
      containers:
        - name: manager
          image: example.org/operator:1
          imagePullPolicy: Always
          env:
            - {name: OPERATOR_IMAGE_NAME, value: 'example.org/operator:1'}
            - {name: OPERATOR_NAMESPACE, valueFrom: {fieldRef: {fieldPath: metadata.namespace}}}
            - {name: LOG_LEVEL, value: debug}
            - {name: SIDECAR_IMAGE, valueFrom: {secretKeyRef: {name: images, key: SIDECAR}}}
          securityContext:
            privileged: true
            readOnlyRootFilesystem: true
            runAsUser: 10001
            capabilities: {add: [SYS_ADMIN]}
      volumes:
        - {name: scratch, emptyDir: {}}
        - {name: bounded, emptyDir: {sizeLimit: 1Mi}}
        - {name: certificates, secret: {secretName: webhook-cert}}
status: {}
---
apiVersion: v1
kind: Service
metadata: {name: webhook, namespace: cnpg-system}
spec: {ports: [{port: 443, targetPort: 9443}]}
---
apiVersion: v1
kind: Secret
metadata: {name: images, namespace: cnpg-system}
data: {SIDECAR: ${Buffer.from('example.org/sidecar:1').toString('base64')}}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: manager, namespace: cnpg-system}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: manager-binding}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: manager}
subjects:
  - {kind: ServiceAccount, name: manager, namespace: cnpg-system}
  - {kind: ServiceAccount, name: other, namespace: elsewhere}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: validating}
webhooks:
  - name: v.example.org
    clientConfig:
      caBundle: Cg==
      service: {name: webhook, namespace: cnpg-system, path: /validate}
---
apiVersion: cert-manager.io/v1
kind: Issuer
metadata: {name: selfsigned, namespace: cnpg-system}
---
apiVersion: cert-manager.io/v1
kind: Certificate
metadata: {name: server, namespace: cnpg-system}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: things.example.org}
spec:
  group: example.org
  conversion:
    strategy: Webhook
    webhook:
      conversionReviewVersions: [v1]
      clientConfig:
        service: {name: webhook, namespace: cnpg-system}
  versions:
    - name: v1
      schema:
        openAPIV3Schema:
          description: Prose.
          type: object
          properties:
            description: {description: A field of this name., type: string, default: none}
            lists:
              type: array
              items: {description: Prose., type: object, default: {description: kept}}
---
apiVersion: v1
kind: Service
metadata: {name: metrics, namespace: cnpg-system}
spec: {ports: [{port: 8080}]}
`;

const DEFINITION_YAML = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: gateways.gateway.networking.k8s.io}
spec: {group: gateway.networking.k8s.io, versions: [{name: v1}]}
`;

/** cert-manager's controller and one webhook, in the shape its chart renders. */
export const CERT_MANAGER_YAML = `apiVersion: apps/v1
kind: Deployment
metadata: {name: cert-manager, namespace: cert-manager-system}
spec:
  template:
    metadata:
      labels: {app.kubernetes.io/instance: cert-manager, app.kubernetes.io/component: controller}
    spec:
      serviceAccountName: cert-manager
      containers:
        - name: cert-manager-controller
          image: example.org/controller:1
          args:
            - --v=2
            - --leader-election-namespace=cert-manager-system
            - --acme-http01-solver-image=example.org/solver:1
          securityContext: {readOnlyRootFilesystem: true}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: cert-manager-webhook, namespace: cert-manager-system}
spec:
  template:
    metadata:
      labels: {app.kubernetes.io/instance: cert-manager, app.kubernetes.io/component: webhook}
    spec:
      containers:
        - {name: webhook, image: 'example.org/webhook:1', securityContext: {readOnlyRootFilesystem: true}}
        - {name: cainjector, image: 'example.org/cainjector:1', securityContext: {readOnlyRootFilesystem: true}}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: cert-manager, namespace: cert-manager-system}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: cert-manager, namespace: cert-manager-system}
spec: {minAvailable: 1}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata:
  name: cert-manager-webhook
  annotations: {cert-manager.io/inject-ca-from-secret: cert-manager-system/cert-manager-webhook-ca}
webhooks:
  - name: webhook.cert-manager.io
    clientConfig: {service: {name: cert-manager-webhook, namespace: cert-manager-system}}
`;

export const DIGEST = `sha256:${'0'.repeat(64)}`;

/** In the namespace, and with an option that names an image, as upstream has it. */
const METRICS_OPERATOR_YAML = `apiVersion: apps/v1
kind: Deployment
metadata: {name: prometheus-operator, namespace: default}
spec:
  selector: {matchLabels: {app.kubernetes.io/name: prometheus-operator}}
  template:
    metadata: {labels: {app.kubernetes.io/name: prometheus-operator}}
    spec:
      containers:
        - name: prometheus-operator
          image: example.org/operator:1
          args: [--kubelet-endpoints=true, '--prometheus-config-reloader=example.org/reloader:1']
          ports: [{name: http, containerPort: 8080}]
          securityContext: {readOnlyRootFilesystem: true}
`;

/** A folder with small manifests for every operator, and the lock file that fits them. */
export function fakeManifests(): { readonly manifests: string; readonly lock: OperatorsLock } {
  const manifests = mkdtempSync(join(tmpdir(), 'manifests-'));
  const write = (operator: string, text: string, entry: Partial<LockEntry>): LockEntry => {
    mkdirSync(join(manifests, operator));
    writeFileSync(join(manifests, operator, 'install.yaml'), text);
    const sha256 = createHash('sha256').update(text).digest('hex');
    return {
      version: '1.0.0',
      module: `example.org/${operator}`,
      moduleVersion: 'v1.0.0',
      images: {},
      files: [{ path: 'releases/install.yaml', sha256 }],
      ...entry,
    };
  };
  const images = { operator: 'example.org/operator:1' };
  const namespace = 'cnpg-system';
  // The PostgreSQL operator starts no sidecar of its own.
  const withoutSidecar = OPERATOR_YAML.split('\n').filter((line) => !line.includes('SIDECAR'));
  return {
    manifests,
    lock: {
      'cloudnative-pg': write('cloudnative-pg', withoutSidecar.join('\n'), { namespace, images }),
      'barman-cloud': write('barman-cloud', OPERATOR_YAML, {
        namespace,
        images: { ...images, sidecar: 'example.org/sidecar:1' },
      }),
      'gateway-api': write('gateway-api', DEFINITION_YAML, {}),
      // One namespace or none is written; this one has none.
      'percona-mongodb': write(
        'percona-mongodb',
        withoutSidecar
          .join('\n')
          .replaceAll(/,? *namespace: cnpg-system/g, '')
          .replaceAll('name: cloudnative-pg', 'name: percona-server-mongodb-operator'),
        { images },
      ),
      'cert-manager': write('cert-manager', CERT_MANAGER_YAML, {
        namespace: 'cert-manager-system',
        images: Object.fromEntries(
          ['controller', 'webhook', 'cainjector', 'solver'].map((part) => [
            part,
            `example.org/${part}:1`,
          ]),
        ),
      }),
      eck: write('eck', withoutSidecar.join('\n'), { namespace, images }),
      'prometheus-operator': write('prometheus-operator', METRICS_OPERATOR_YAML, {
        namespace: 'default',
        images: { ...images, reloader: 'example.org/reloader:1' },
      }),
    },
  };
}
