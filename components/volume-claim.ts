import type * as pulumi from '@pulumi/pulumi';

/** A volume of one pod; without a class the cluster takes its own default. */
export function volumeClaim(
  size: pulumi.Input<string>,
  storageClass: pulumi.Input<string> | undefined,
) {
  return {
    accessModes: ['ReadWriteOnce'],
    ...(storageClass === undefined ? {} : { storageClassName: storageClass }),
    resources: { requests: { storage: size } },
  };
}
