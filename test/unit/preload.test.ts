import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { describe, expect, test } from '@jest/globals';

const project = join(__dirname, '..', '..');

/** What protobuf makes of a nested value in a Node of its own, and whether its shortcut is there. */
function encoded(preload?: string) {
  const script = `
    const { Struct } = require('google-protobuf/google/protobuf/struct_pb');
    const value = { a: { b: [1, 'two', null, { c: true, d: {}, e: [] }], f: 'ü' }, g: -0.5 };
    const struct = Struct.fromJavaScript(value);
    const copy = Struct.deserializeBinary(struct.serializeBinary());
    copy.getFieldsMap().get('a').getStructValue().getFieldsMap().del('f');
    console.log(JSON.stringify({
      bytes: Buffer.from(struct.serializeBinary()).toString('hex'),
      changed: Buffer.from(copy.serializeBinary()).toString('hex'),
      read: copy.toJavaScript(),
      shortcut: Object.hasOwn(Struct.prototype, 'toArray'),
    }));`;
  const loaded = preload === undefined ? [] : ['--import', join(project, preload)];
  const { status, stdout, stderr } = spawnSync(process.execPath, [...loaded, '-e', script], {
    cwd: project,
    encoding: 'utf8',
    timeout: 30_000,
  });
  if (status !== 0) throw new Error(stderr);
  const { shortcut, ...result } = JSON.parse(stdout) as { shortcut: boolean };
  return { shortcut, result };
}

describe('the faster protobuf', () => {
  const plain = encoded();

  test.each(['infra/preload.mjs', 'policies/preload.ts'])(
    '%s sends and reads the very same bytes',
    (preload) => {
      const { shortcut, result } = encoded(preload);

      expect(shortcut).toBe(true);
      expect(result).toEqual(plain.result);
    },
  );

  test('the library does not have the shortcut itself', () => {
    expect(plain.shortcut).toBe(false);
  });
});
