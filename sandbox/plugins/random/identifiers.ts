import { randomBytes, randomUUID } from 'node:crypto';

import type { ResourceDefinition } from '../provider/definition.ts';

export const randomId: ResourceDefinition = {
  inputs: {
    byteLength: { kind: 'integer', required: true, replaces: true },
    keepers: { kind: 'map', replaces: true },
    prefix: { kind: 'string', replaces: true },
  },
  computed: ['b64Std', 'b64Url', 'dec', 'hex'],
  secrets: [],
  check({ byteLength }) {
    if (typeof byteLength !== 'number' || byteLength >= 1) return [];
    return [{ property: 'byteLength', reason: `must be at least 1, got ${byteLength}.` }];
  },
  create(values) {
    const bytes = randomBytes(values['byteLength'] as number);
    const prefix = (values['prefix'] as string | undefined) ?? '';
    const id = bytes.toString('base64url');
    const hex = bytes.toString('hex');
    const outputs = {
      b64Std: prefix + bytes.toString('base64'),
      b64Url: prefix + id,
      dec: prefix + BigInt(`0x${hex}`).toString(),
      hex: prefix + hex,
    };
    return Promise.resolve({ id, outputs });
  },
};

/** A key: unlike those of a RandomId, its bytes are secret. */
export const randomBytesResource: ResourceDefinition = {
  inputs: {
    keepers: { kind: 'map', replaces: true },
    length: { kind: 'integer', required: true, replaces: true },
  },
  computed: ['base64', 'hex'],
  secrets: ['base64', 'hex'],
  check({ length }) {
    if (typeof length !== 'number' || length >= 1) return [];
    return [{ property: 'length', reason: `must be at least 1, got ${length}.` }];
  },
  create(values) {
    const bytes = randomBytes(values['length'] as number);
    const outputs = { base64: bytes.toString('base64'), hex: bytes.toString('hex') };
    // The identifier is shown in clear, so it tells nothing of the bytes.
    return Promise.resolve({ id: 'none', outputs });
  },
};

export const randomUuid: ResourceDefinition = {
  inputs: { keepers: { kind: 'map', replaces: true } },
  computed: ['result'],
  secrets: [],
  create() {
    const result = randomUUID();
    return Promise.resolve({ id: result, outputs: { result } });
  },
};
