/** An address or network as a number of `bits`, with the length of its prefix. */
interface Network {
  readonly bits: 32 | 128;
  readonly value: bigint;
  readonly prefix: number;
}

function parse4(text: string): bigint | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || parts.some((part) => !/^\d{1,3}$/.test(part) || Number(part) > 255)) {
    return undefined;
  }
  return parts.reduce((value, part) => value * 256n + BigInt(part), 0n);
}

function parse6(text: string): bigint | undefined {
  if (!/^[0-9a-f:]+$/i.test(text) || text.split('::').length > 2) return undefined;
  const [left = '', right] = text.split('::');
  const groups = (part: string) => (part === '' ? [] : part.split(':'));
  const [head, tail] = [groups(left), groups(right ?? '')];
  const missing = 8 - head.length - tail.length;
  if (missing < 0 || (right === undefined && missing !== 0)) return undefined;
  const all = [...head, ...Array.from({ length: missing }, () => '0'), ...tail];
  if (all.some((group) => group.length > 4 || group === '')) return undefined;
  return all.reduce((value, group) => value * 65_536n + BigInt(`0x${group}`), 0n);
}

function parse(cidr: string): Network | undefined {
  const [address = '', length] = cidr.split('/');
  const bits = address.includes(':') ? 128 : 32;
  const value = bits === 128 ? parse6(address) : parse4(address);
  const prefix = length === undefined ? bits : Number(length);
  const whole = Number.isInteger(prefix) && prefix >= 0 && prefix <= bits;
  return value === undefined || !whole ? undefined : { bits, value, prefix };
}

/** Whether the first network holds the whole second one. False where one of them is none. */
export function contains(outer: string, inner: string): boolean {
  const [big, small] = [parse(outer), parse(inner)];
  if (big === undefined || small === undefined || big.bits !== small.bits) return false;
  const shift = BigInt(big.bits - big.prefix);
  return small.prefix >= big.prefix && small.value >> shift === big.value >> shift;
}

/** Length of the prefix, or undefined when the text is no network. */
export function prefixOf(cidr: string): number | undefined {
  return parse(cidr)?.prefix;
}
