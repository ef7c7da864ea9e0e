/** Volume of each replica, as the operator's objects take it. */
export function volumeClaim(size: string, storageClass: string | undefined) {
  return {
    volumeClaimTemplate: {
      spec: {
        accessModes: ['ReadWriteOnce'],
        ...(storageClass === undefined ? {} : { storageClassName: storageClass }),
        resources: { requests: { storage: size } },
      },
    },
  };
}
