/** Names of settings that hold secrets. Files, user names and the like only mention them. */
const NAME =
  /(password|passwd|passphrase|client[_-]?secret|secret[_-]?key|token|api[_-]?key|access[_-]?key|private[_-]?key|credentials?)$/i;
const HARMLESS = /(file|path|dir|name|url|uri|user|username|enabled|ttl|length|policy|ref|mode)$/i;

const SHAPES = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  /\b(AKIA|ASIA)[0-9A-Z]{16}\b/,
  /\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}/,
  /\bgh[pousr]_\w{36,}\b/,
  /\bxox[abprs]-[\w-]{10,}/,
  // A password in a connection string.
  /\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]+:[^\s:/@$]{3,}@/i,
];

/** True for texts that are secrets whatever they are called. */
export function looksSecret(text: string): boolean {
  return SHAPES.some((shape) => shape.test(text));
}

/** True for the name of a setting whose value would be a secret. */
export function namesSecret(name: string): boolean {
  return NAME.test(name) && !HARMLESS.test(name);
}

/** A value that stands for a secret elsewhere, such as `$(PASSWORD)`, `${PASSWORD}` or a path. */
function isReference(text: string): boolean {
  return /^\$[({].*[)}]$|^\/|^(true|false|yes|no|none|disabled|enabled|\d+)$/i.test(text);
}

/** True when a named value is a secret written out. */
export function isLiteral(name: string, text: string): boolean {
  if (looksSecret(text)) return true;
  return namesSecret(name) && text !== '' && !isReference(text);
}

/** `--admin-password=…` or `key: value`, taken apart; nothing for other texts. */
export function settingOf(line: string): readonly [name: string, value: string] | undefined {
  const match = /^\s*-{0,2}["']?([\w.-]+)["']?\s*[=:]\s*["']?([^"'#]*?)["']?\s*$/.exec(line);
  return match === null ? undefined : [match[1] ?? '', match[2] ?? ''];
}

/** True when some line of a text is a secret written out. */
export function holdsLiteral(text: string): boolean {
  if (looksSecret(text)) return true;
  return text.split('\n').some((line) => {
    const setting = settingOf(line);
    return setting !== undefined && isLiteral(...setting);
  });
}
