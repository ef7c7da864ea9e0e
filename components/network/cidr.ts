import { isIP } from 'node:net';

import { ConfigError } from '../errors.ts';

/** A block of addresses; the family keeps IPv4 and IPv6 numbers from being compared. */
export interface AddressBlock {
  readonly family: 4 | 6;
  /** First address as a number. */
  readonly start: bigint;
  /** Number of addresses. */
  readonly size: bigint;
}

const WIDTH = { 4: 32, 6: 128 } as const;

/**
 * Reads `10.0.0.0/8` or `fd00::/8`. A missing mask, a mask out of range or bits set behind the mask
 * is a `ConfigError` with the likely fix: the API server accepts the last one and then ignores the
 * bits, so the policy would open more than its author read.
 */
export function parseCidr(path: string, cidr: string): AddressBlock {
  const [address = '', mask, ...rest] = cidr.split('/');
  const family = isIP(address);
  if ((family !== 4 && family !== 6) || rest.length > 0) {
    throw new ConfigError(path, `"${cidr}" is not a block of IP addresses.`, 'Write "10.0.0.0/8".');
  }
  const width = WIDTH[family];
  if (mask === undefined) {
    throw new ConfigError(path, `"${cidr}" has no mask.`, `Did you mean "${cidr}/${width}"?`);
  }
  const bits = Number(mask);
  if (!/^\d+$/.test(mask) || bits > width) {
    throw new ConfigError(path, `"/${mask}" is not a mask: it must be 0 to ${width}.`);
  }
  const size = 1n << BigInt(width - bits);
  const value = addressNumber(address);
  const start = (value / size) * size;
  if (start !== value) {
    throw new ConfigError(
      path,
      `"${cidr}" has bits set behind its mask.`,
      `Did you mean "${formatAddress(family, start)}/${bits}" or "${address}/${width}"?`,
    );
  }
  return { family, start, size };
}

/** Whether the block holds the address; an address of the other family is never inside. */
export function containsAddress(block: AddressBlock, address: string): boolean {
  if (isIP(address) !== block.family) return false;
  const value = addressNumber(address);
  return value >= block.start && value < block.start + block.size;
}

function addressNumber(address: string): bigint {
  if (!address.includes(':')) {
    return address.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n);
  }
  const [head = '', tail = ''] = address.split('::');
  const front = groups(head);
  const back = groups(tail);
  const middle = address.includes('::')
    ? Array<bigint>(8 - front.length - back.length).fill(0n)
    : [];
  return [...front, ...middle, ...back].reduce((sum, group) => sum * 65536n + group, 0n);
}

/** Sixteen-bit groups of an IPv6 part; a trailing dotted quad counts as two. */
function groups(part: string): bigint[] {
  if (part === '') return [];
  return part.split(':').flatMap((group) => {
    if (!group.includes('.')) return [BigInt(`0x${group}`)];
    const quad = addressNumber(group);
    return [quad / 65536n, quad % 65536n];
  });
}

function formatAddress(family: 4 | 6, value: bigint): string {
  const [count, base] = family === 4 ? [4, 256n] : [8, 65536n];
  const parts: string[] = [];
  for (let rest = value, index = 0; index < count; index += 1, rest /= base) {
    parts.unshift((rest % base).toString(family === 4 ? 10 : 16));
  }
  if (family === 4) return parts.join('.');
  return parts.join(':').replace(/(^|:)0(:0)+$/, '::');
}
