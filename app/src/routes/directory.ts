import type { Http } from '../http.ts';
import type { Services } from '../services.ts';
import { departmentWriteRoutes } from './department-writes.ts';
import { departmentRoutes } from './departments.ts';
import { membershipRoutes } from './memberships.ts';
import { organizationRoutes } from './organizations.ts';
import { userWriteRoutes } from './user-writes.ts';
import { userRoutes } from './users.ts';

/** The people of a tenant and how they are organized. */
export function directoryRoutes(http: Http, services: Services): void {
  userRoutes(http, services);
  userWriteRoutes(http, services);
  organizationRoutes(http, services);
  departmentRoutes(http, services);
  departmentWriteRoutes(http, services);
  membershipRoutes(http, services);
}
