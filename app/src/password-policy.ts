/** Who a password is for: it must not contain what an attacker tries first. */
export interface PasswordOwner {
  readonly email: string;
  /** The tenant's slug. */
  readonly tenant: string;
}

const MIN_LENGTH = 12;
/** A name of one or two letters is in nearly every good password. */
const MIN_NAME = 3;
const MIN_DISTINCT = 5;
/** An upper-case letter, a lower-case one, a digit, and what is neither letter nor digit. */
const KINDS = [/\p{Lu}/u, /\p{Ll}/u, /\p{Nd}/u, /[^\p{L}\p{N}]/u];

/** What the lists of leaked passwords are made of, without the digits around it. */
const COMMON = [
  ...['password', 'passwort', 'passphrase', 'secret', 'letmein', 'welcome', 'changeme', 'default'],
  ...['admin', 'administrator', 'login', 'user', 'root', 'test', 'guest', 'master', 'super'],
  ...['qwertyuiop', 'qwertzuiop', 'qwerty', 'qwertz', 'azerty', 'asdfghjkl', 'asdf', 'zxcvbnm'],
  ...['abcdefghijklmnopqrstuvwxyz', 'abcdefghijklmnop', 'abcdefghijkl', 'abcdef', 'abc'],
  ...['iloveyou', 'football', 'baseball', 'monkey', 'dragon', 'sunshine', 'princess', 'superman'],
  ...['january', 'february', 'march', 'april', 'june', 'july', 'august', 'september', 'october'],
  ...['november', 'december', 'spring', 'summer', 'autumn', 'winter', 'my', 'the', 'is', 'your'],
];
const ONLY_COMMON = new RegExp(`^(?:${COMMON.join('|')})+$`);
const DISGUISES: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
};

/**
 * Why a new password is refused, in words for its owner; undefined when it is good. Whether it was
 * used before is not asked here, because that takes its former hashes.
 */
export function passwordProblem(password: string, owner: PasswordOwner): string | undefined {
  const lower = password.normalize('NFKC').toLowerCase();
  if ([...password].length < MIN_LENGTH) return `A password has at least ${MIN_LENGTH} characters.`;
  const names = [owner.email.split('@', 1)[0] ?? '', owner.tenant];
  if (names.some((name) => name.length >= MIN_NAME && lower.includes(name.toLowerCase()))) {
    return 'A password does not contain your e-mail name or the name of your organisation.';
  }
  if (isCommon(lower)) return 'This password is one of the first that an attacker would try.';
  if (!KINDS.every((kind) => kind.test(password))) {
    return 'A password has upper-case and lower-case letters, a digit and a special character.';
  }
  return undefined;
}

function isCommon(lower: string): boolean {
  if (new Set(lower).size < MIN_DISTINCT || /^[\d\W_]+$/.test(lower)) return true;
  // "P@ssw0rd-2026!" is "password" with what everybody puts around it.
  const core = lower.replace(/^[^a-z]+|[^a-z]+$/g, '');
  const letters = core.replace(/[^a-z]/g, (sign) => DISGUISES[sign] ?? '');
  return ONLY_COMMON.test(letters) || ONLY_COMMON.test(core.replace(/[^a-z]/g, ''));
}
