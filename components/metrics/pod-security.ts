import { podSecurity } from '../pod-security.ts';

/** Any but 0; the images name users of their own or none. */
const USER = 65534;

/** Of every pod of the stack. */
export const POD_SECURITY = podSecurity(USER);
