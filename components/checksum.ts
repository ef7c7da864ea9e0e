import { createHash } from 'node:crypto';

import * as pulumi from '@pulumi/pulumi';

/** SHA-256 of a value. The passwords in it are random and long, so their hash gives nothing away. */
export function checksum(content: pulumi.Output<unknown>): pulumi.Output<string> {
  return pulumi.unsecret(
    content.apply((value) => createHash('sha256').update(JSON.stringify(value)).digest('hex')),
  );
}
