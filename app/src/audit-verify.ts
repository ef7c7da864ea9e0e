import { setTimeout as sleep } from 'node:timers/promises';

import type { Collection } from 'mongodb';

import { linkHash, linkId, START } from './audit-chain.ts';
import type { ChainedEvent, Head } from './audit-chain.ts';

/** What a look at a whole chain has found. It is unbroken when `problems` is empty. */
export interface ChainReport {
  readonly events: number;
  readonly head: Head;
  readonly problems: readonly string[];
}

/** More would say nothing new. */
const MOST = 20;

/**
 * Follows a tenant's chain from its first event to the end that is recorded outside the document
 * store, so that a changed, removed, added or reordered event is found wherever it is.
 *
 * @param recorded - reads the recorded end; asked after the events, which may grow meanwhile
 */
export async function verifyChain(
  events: Collection<ChainedEvent>,
  tenant: string,
  recorded: () => Promise<Head>,
): Promise<ChainReport> {
  const problems: string[] = [];
  let head: Head = START;
  let count = 0;
  const hashes = new Map<number, string>();
  const cursor = events.find({ tenantId: tenant, seq: { $gt: 0 } }).sort({ seq: 1 });
  for await (const event of cursor) {
    count += 1;
    if (event.seq > head.seq + 1) problems.push(missing(head.seq + 1, event.seq - 1));
    if (event.seq <= head.seq) problems.push(`there are two events ${event.seq}`);
    else if (event.seq === head.seq + 1 && event.prevHash !== head.hash) {
      problems.push(`event ${event.seq} does not follow the one before it`);
    }
    if (event._id !== linkId(tenant, event.seq) || linkHash(event) !== event.hash) {
      problems.push(`event ${event.seq} was changed`);
    }
    head = event;
    hashes.set(event.seq, event.hash);
    if (problems.length >= MOST) break;
  }
  let end = await recorded();
  if (problems.length === 0 && head.seq > end.seq) {
    // A worker may be about to record what it has just written.
    await sleep(2_000);
    end = await recorded();
    if (head.seq > end.seq) problems.push(`event ${end.seq + 1} is past the recorded end`);
  }
  if (problems.length < MOST && head.seq < end.seq) problems.push(missing(head.seq + 1, end.seq));
  const hash = end.seq === 0 ? START.hash : hashes.get(end.seq);
  if (problems.length === 0 && hash !== end.hash) {
    problems.push(`event ${end.seq} is not the one that was recorded as the end`);
  }
  return { events: count, head: end, problems };
}

function missing(first: number, last: number): string {
  return first === last ? `event ${first} is missing` : `events ${first} to ${last} are missing`;
}
