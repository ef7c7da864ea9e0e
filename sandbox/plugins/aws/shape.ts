import { isValues, type Values } from '../provider/values.ts';

/** Names that S3 does not spell as the Pulumi name with a capital first letter. */
const RENAMED: Readonly<Record<string, string>> = {
  id: 'ID',
  kmsMasterKeyId: 'KMSMasterKeyID',
  mfaDelete: 'MFADelete',
  sseAlgorithm: 'SSEAlgorithm',
};
const PULUMI_NAMES = Object.fromEntries(Object.entries(RENAMED).map(([from, to]) => [to, from]));

/** A setting in the form of the S3 API. */
export function toS3(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toS3);
  if (!isValues(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => s3Entry(key, entry)));
}

/** A setting in the form of the Pulumi SDK: the reverse of `toS3`. */
export function fromS3(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString().replace('.000Z', 'Z');
  if (Array.isArray(value)) return value.map(fromS3);
  if (!isValues(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => pulumiEntry(key, entry)));
}

function s3Entry(key: string, value: unknown): [string, unknown] {
  if (key === 'tags') return ['Tags', toTagList(value as Values)];
  if (key === 'date') return ['Date', new Date(value as string)];
  if (key === 'blockedEncryptionTypes') {
    return ['BlockedEncryptionTypes', { EncryptionType: value }];
  }
  return [RENAMED[key] ?? key.charAt(0).toUpperCase() + key.slice(1), toS3(value)];
}

function pulumiEntry(key: string, value: unknown): [string, unknown] {
  if (key === 'Tags') return ['tags', fromTagList(value)];
  if (key === 'BlockedEncryptionTypes' && isValues(value)) {
    return ['blockedEncryptionTypes', value['EncryptionType']];
  }
  return [PULUMI_NAMES[key] ?? key.charAt(0).toLowerCase() + key.slice(1), fromS3(value)];
}

export function toTagList(tags: Values): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value: Value as string }));
}

export function fromTagList(list: unknown): Values {
  const tags = (list ?? []) as readonly { Key?: string; Value?: string }[];
  return Object.fromEntries(tags.map(({ Key, Value }) => [Key ?? '', Value ?? '']));
}
