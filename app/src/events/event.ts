import type { TenantId } from '../db/tenancy.ts';

/** Something that was done in a tenant, for whoever has to act on it later. */
export interface TenantEvent {
  /** The same each time the event comes: what was handled is known by it. */
  readonly id: string;
  readonly tenant: TenantId;
  /** `noun.verb`, as in the audit trail. */
  readonly action: string;
  /** `noun/id`; null when it is about none in particular. */
  readonly object: string | null;
  /** When it was done, in ISO 8601. */
  readonly at: string;
}

/** Tenants that may have events waiting. */
export const TENANTS = 'app:evt:tenants';
/** Those who share the events of a stream. */
export const GROUP = 'workers';

// A tenant's keys share its hash tag, so that finishing an event is one transaction.
export const streamKey = (tenant: string) => `app:evt:{${tenant}}`;
/** Where events go that could not be handled; for people to look at. */
export const deadKey = (tenant: string) => `app:dead:{${tenant}}`;
export const doneKey = (tenant: string, id: string) => `app:evtdone:{${tenant}}:${id}`;

/** The event of a stream's entry; throws for what is none, or is another tenant's. */
export function readEvent(tenant: string, fields: readonly string[]): TenantEvent {
  const at = fields.indexOf('event');
  const event = JSON.parse(fields[at + 1] ?? 'null') as Partial<TenantEvent> | null;
  const { id, action } = event ?? {};
  if (at % 2 !== 0 || typeof id !== 'string' || typeof action !== 'string') {
    throw new Error('not an event');
  }
  // Handlers work in the tenant of the stream: nobody gets into another one by naming it.
  if (event?.tenant !== tenant) throw new Error('an event of another tenant');
  return event as TenantEvent;
}
