import * as k8s from '@pulumi/kubernetes';
import * as pulumi from '@pulumi/pulumi';

import { labels } from '../labels.ts';

export interface EbsStorageClassArgs {
  /** Name by which claims ask for it. */
  readonly className: string;
  /**
   * Customer key of the volumes; the role of the EBS CSI driver must be allowed to use it. Default:
   * the account's own key for EBS.
   */
  readonly keyArn?: pulumi.Input<string>;
  /** Operations per second of each volume. Default: 3000, what a gp3 volume has without a surcharge. */
  readonly iops?: number;
  /** MiB per second of each volume. Default: 125. */
  readonly throughput?: number;
}

/**
 * Encrypted gp3 volumes of Amazon EBS. They are made in the zone of the pod that needs them, can
 * grow, and stay when their claim is deleted: what an operator takes away by mistake is still there.
 */
export class EbsStorageClass extends pulumi.ComponentResource {
  readonly className: pulumi.Output<string>;

  constructor(name: string, args: EbsStorageClassArgs, opts?: pulumi.ComponentResourceOptions) {
    super('saas:storage:EbsStorageClass', name, args, opts);
    const { className, keyArn, iops = 3000, throughput = 125 } = args;
    const storageClass = new k8s.storage.v1.StorageClass(
      `${name}-class`,
      {
        metadata: { name: className, labels: labels(name, 'storage') },
        provisioner: 'ebs.csi.aws.com',
        parameters: {
          type: 'gp3',
          'csi.storage.k8s.io/fstype': 'ext4',
          iops: String(iops),
          throughput: String(throughput),
          encrypted: 'true',
          ...(keyArn === undefined ? {} : { kmsKeyId: keyArn }),
        },
        reclaimPolicy: 'Retain',
        allowVolumeExpansion: true,
        // A volume lives in one zone: it is made where the scheduler wants the pod.
        volumeBindingMode: 'WaitForFirstConsumer',
      },
      // Nothing of a class can be changed, and it is only read when a volume is made.
      { parent: this, deleteBeforeReplace: true },
    );
    this.className = storageClass.metadata.name;
    this.registerOutputs({ className: this.className });
  }
}
