import { ConfigError } from '../errors.ts';
import type { BackupAccess, BackupTarget, BackupWriter } from './backup-access.ts';

/** Gives each writer its access, and refuses a folder that another writer already has. */
export function distinctWriters(
  name: string,
  give: (writer: BackupWriter) => BackupAccess,
): BackupTarget['accessFor'] {
  const taken = new Set<string>();
  return (writer) => {
    const { prefix } = writer;
    if (taken.has(prefix)) {
      throw new ConfigError(`${name}.${prefix}`, 'two writers would corrupt each other there.');
    }
    taken.add(prefix);
    return give(writer);
  };
}
