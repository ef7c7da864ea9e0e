/** What Pod Security "restricted" asks of a container, and a root that cannot be written. */
export const CONTAINER_SECURITY = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
};

/** Pod Security "restricted" for a pod whose volumes belong to the group of its processes. */
export function podSecurity(user: number, group = user) {
  return {
    runAsNonRoot: true,
    runAsUser: user,
    runAsGroup: group,
    fsGroup: group,
    seccompProfile: { type: 'RuntimeDefault' },
  };
}
