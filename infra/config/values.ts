import { z } from 'zod';

import { cronProblem } from './cron.ts';
import { bytes, cores } from './quantity.ts';

/** A string with one check; `check` returns the message, or `undefined` when the value is good. */
function checked(check: (value: string) => string | undefined) {
  return z.string().superRefine((value, context) => {
    const message = check(value);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  });
}

/** Memory or volume size, for example `512Mi` or `20Gi`. */
export const size = () =>
  checked((value) => {
    if (/^\d+$/.test(value)) return `"${value}" has no unit. Did you mean "${value}Gi"?`;
    if (bytes(value) !== undefined) return undefined;
    const [, amount, unit] = /^(\d+(?:\.\d+)?)\s*([kmgt])i?b?$/i.exec(value) ?? [];
    const hint =
      amount === undefined || unit === undefined
        ? 'Write it like "512Mi" or "20Gi".'
        : `Did you mean "${amount}${unit.toUpperCase()}i"?`;
    return `"${value}" is no size. ${hint}`;
  });

/** Processor share, for example `250m` or `2`. */
export const cpu = () =>
  checked((value) =>
    cores(value) === undefined
      ? `"${value}" is no number of cores. Write it like "250m" or "2".`
      : undefined,
  );

function ipv4(address: string): number | undefined {
  const parts = address.split('.').map((part) => (/^\d{1,3}$/.test(part) ? Number(part) : 256));
  if (parts.length !== 4 || parts.some((part) => part > 255)) return undefined;
  return parts.reduce((sum, part) => sum * 256 + part, 0);
}

function dotted(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
}

/** IPv4 network, for example `10.0.0.0/8`. */
export const cidr = () =>
  checked((value) => {
    const [address = '', mask] = value.split('/');
    const number = ipv4(address);
    if (number === undefined) return `"${value}" is no IPv4 network. Write it like "10.0.0.0/8".`;
    if (mask === undefined) return `"${value}" has no mask. Did you mean "${value}/32"?`;
    if (!/^\d{1,2}$/.test(mask) || Number(mask) > 32) return `"/${mask}" is no mask (0-32).`;
    const block = 2 ** (32 - Number(mask));
    const start = Math.floor(number / block) * block;
    if (start === number) return undefined;
    return `"${value}" has host bits set. Did you mean "${dotted(start)}/${mask}"?`;
  });

/** Cron expression of five fields in UTC, for example `0 2 * * *`. */
export const cron = () =>
  checked((value) => {
    const found = cronProblem(value);
    if (found === undefined) return undefined;
    return found.hint === undefined ? found.problem : `${found.problem} ${found.hint}`;
  });

/** Fully qualified host name in lower case, without scheme and port. */
export const host = () =>
  checked((value) => {
    if (value.includes('://') || /[:/]/.test(value)) {
      const name = value.replace(/^[a-z]+:\/\//i, '').replace(/[:/].*$/, '');
      return `"${value}" is more than a host name. Did you mean "${name}"?`;
    }
    if (value !== value.toLowerCase()) {
      return `"${value}" has capital letters. Did you mean "${value.toLowerCase()}"?`;
    }
    const label = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
    const labels = value.split('.');
    if (labels.length > 1 && labels.every((part) => label.test(part))) return undefined;
    return `"${value}" is no fully qualified host name. Write it like "api.example.com".`;
  });

/** Container image with registry and tag, without digest: the lock file adds the digest. */
export const image = () =>
  checked((value) => {
    const [name = '', digest] = value.split('@');
    if (digest !== undefined) {
      return `"${value}" names a digest. Leave it out: it comes from images.lock.`;
    }
    const tag = /^[^\s]+\/[^\s/]+:([\w][\w.-]{0,127})$/.exec(name)?.[1];
    if (tag === 'latest') return `"${value}" may change by itself. Name a version, not "latest".`;
    if (!name.includes('/'))
      return `"${value}" has no registry. Write it like "docker.io/${value}".`;
    if (tag === undefined) return `"${value}" has no tag. Write it like "${name}:1.2.3".`;
    return undefined;
  });

/** Name of a Kubernetes object or bucket: lower-case letters, digits and hyphens. */
export const objectName = () =>
  checked((value) =>
    /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(value)
      ? undefined
      : `"${value}" must be at most 63 lower-case letters, digits and hyphens.`,
  );

/** Name of an S3 bucket without dots, which would break its certificate. */
export const bucketName = () =>
  checked((value) =>
    /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(value)
      ? undefined
      : `"${value}" is no bucket name: 3 to 63 lower-case letters, digits and hyphens.`,
  );
