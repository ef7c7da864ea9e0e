/** Recommended Kubernetes labels that every object of the platform carries. */
export function labels(name: string, component: string): Record<string, string> {
  return {
    'app.kubernetes.io/name': component,
    'app.kubernetes.io/instance': name,
    'app.kubernetes.io/part-of': 'saas-platform',
    'app.kubernetes.io/managed-by': 'pulumi',
  };
}

/** The part of `labels` that selects pods: it must never change, selectors are immutable. */
export function selector(name: string, component: string): Record<string, string> {
  return { 'app.kubernetes.io/name': component, 'app.kubernetes.io/instance': name };
}
