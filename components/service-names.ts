import * as pulumi from '@pulumi/pulumi';

/** Names under which the pods of a cluster call a Service, for its certificate. */
export function serviceNames(
  service: string,
  namespace: pulumi.Input<string>,
  clusterDomain = 'cluster.local',
): pulumi.Input<string>[] {
  const host = pulumi.interpolate`${service}.${namespace}.svc`;
  return [
    service,
    pulumi.interpolate`${service}.${namespace}`,
    host,
    pulumi.interpolate`${host}.${clusterDomain}`,
  ];
}
