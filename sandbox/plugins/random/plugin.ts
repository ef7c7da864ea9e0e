import type { PluginDefinition } from '../provider/definition.ts';
import { randomBytesResource, randomId, randomUuid } from './identifiers.ts';
import { randomPassword, randomString } from './strings.ts';

/** Stand-in for the official random provider, 4.21.2. */
export const random: PluginDefinition = {
  name: 'random',
  resources: {
    'random:index/randomBytes:RandomBytes': randomBytesResource,
    'random:index/randomId:RandomId': randomId,
    'random:index/randomPassword:RandomPassword': randomPassword,
    'random:index/randomString:RandomString': randomString,
    'random:index/randomUuid:RandomUuid': randomUuid,
  },
  previewOnly: [],
  invokes: {},
};
