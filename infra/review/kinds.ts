/** Kubernetes kinds without their version, as `apps:StatefulSet`; other types as they are. */
export function kindOf(type: string): string {
  return type.replace(/^kubernetes:(.+)\/v[^/:]*:(\w+)$/, '$1:$2');
}

/** The last part of a type: `StatefulSet`, `Bucket`. */
export function shortKind(type: string): string {
  return type.slice(type.lastIndexOf(':') + 1);
}

/** What is lost with an object of the kind. Kinds that are not named here hold no data. */
const LOSSES: Readonly<Record<string, string>> = {
  'postgresql.cnpg.io:Cluster': 'all its databases and their volumes',
  'postgresql.cnpg.io:Database': 'the database, unless its reclaim policy is retain',
  'postgresql.cnpg.io:ScheduledBackup': 'no data yet, but no further base backups either',
  'barmancloud.cnpg.io:ObjectStore': 'no data yet, but WAL and backups have nowhere to go',
  'psmdb.percona.com:PerconaServerMongoDB': 'all its document databases',
  'elasticsearch.k8s.elastic.co:Elasticsearch': 'all its indices',
  'apps:StatefulSet': 'its pods at once; its volumes only if their retention policy says delete',
  'core:PersistentVolumeClaim': 'the volume and the files on it',
  'core:PersistentVolume': 'the volume, unless its reclaim policy is Retain',
  'core:Namespace': 'every object and volume in it',
  'apiextensions.k8s.io:CustomResourceDefinition': 'every object of the kind, in all namespaces',
  'pulumi:providers:kubernetes': 'every object that it manages is deleted and made anew',
  'pulumi:providers:aws': 'everything in the account that it manages is deleted and made anew',
  'aws:s3/bucket:Bucket': 'the bucket with all objects and their versions',
  'aws:s3/bucketV2:BucketV2': 'the bucket with all objects and their versions',
  'aws:s3/bucketVersioning:BucketVersioning': 'old versions of what is overwritten from now on',
  'aws:kms/key:Key': 'everything that is encrypted with it, backups too',
  'aws:ebs/volume:Volume': 'the volume and the files on it',
  'aws:efs/fileSystem:FileSystem': 'all files on it',
  'aws:rds/instance:Instance': 'all its databases',
  'aws:rds/cluster:Cluster': 'all its databases',
  'aws:dynamodb/table:Table': 'all its items',
  'aws:secretsmanager/secret:Secret': 'the secret in every version',
  'aws:eks/cluster:Cluster': 'everything that runs in it',
};

/** What is lost when an object of this type is deleted, or undefined for one that holds no data. */
export function lossOf(type: string): string | undefined {
  return LOSSES[kindOf(type)];
}
