import { eachImage } from '../images.ts';
import type { Rule } from '../rule.ts';

/** Where the platform's own images and those of its operators come from. */
const DEFAULT = [
  'docker.elastic.co', 'docker.io/amazon', 'docker.io/grafana', 'docker.io/jaegertracing',
  'docker.io/library', 'docker.io/oliver006',
  'docker.io/otel', 'docker.io/percona', 'docker.io/prom', 'docker.io/saas-platform',
  'docker.io/traefik', 'docker.io/victoriametrics', 'gcr.io/distroless', 'ghcr.io/cloudnative-pg',
  'ghcr.io/ferretdb', 'ghcr.io/open-telemetry', 'ghcr.io/percona', 'ghcr.io/versity',
  'quay.io/jetstack', 'quay.io/prometheus', 'quay.io/prometheus-operator',
  'quay.io/prometheuscommunity', 'quay.io/thanos', 'registry.k8s.io',
]; // prettier-ignore

export const imageRegistry: Rule = {
  id: 'IMG-03',
  name: 'img-03-registry',
  title: 'Images come from registries that somebody chose',
  severity: 'high',
  standards: ['CIS 5.5.1', 'EKS 5.1', 'C-0001', 'C-0078', 'KSV-0125'],
  why: 'A name from an unknown registry is a program of an unknown author.',
  fix: 'Use an image of a listed registry, or add yours to the setting "registries" of this rule.',
  settings: {
    registries: {
      meaning: 'Registries, or folders of registries, that images may come from.',
      default: DEFAULT,
    },
  },
  check: (resource, context) => {
    const allowed = context.setting<readonly string[]>('registries');
    return eachImage(({ repository }) => {
      const listed = allowed.some((one) => repository.startsWith(`${one}/`));
      return listed ? undefined : 'has an image of a registry that is not listed';
    })(resource);
  },
};
