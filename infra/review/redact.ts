/** Stands for a value that may not be shown. */
export const MASK = '[masked]';

const SECRET_KEY =
  /passw|passphrase|token|credential|secret(?!name)|private[-_]?key|api[-_]?key|access[-_]?key|signing|connection[-_]?string|dsn$|\.key$|jwks|^auth$/i;
/** These name where a secret is, which a reviewer wants to see. */
const REFERENCE_KEY =
  /^(secretName|secretRef|secretKeyRef|secretStore|valueFrom|imagePullSecrets)$/;

const SECRET_TEXT: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g, MASK],
  [/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@"']+@/gi, `$1${MASK}@`],
  [/\b(AKIA|ASIA)[0-9A-Z]{16}\b/g, MASK],
  [/\bgh[pousr]_[A-Za-z0-9]{20,}/g, MASK],
  [/\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g, MASK],
  [
    /((?:passw(?:or)?d|passphrase|secret|token|api[-_]?key)["']?\s*[=:]\s*)[^\s"',;]+/gi,
    `$1${MASK}`,
  ],
];

/** Whether a property of this name holds a secret, by its name. */
export function isSecretKey(key: string): boolean {
  return !REFERENCE_KEY.test(key) && SECRET_KEY.test(key);
}

/** The text without anything that looks like a key, a token or a password. */
export function redactText(text: string): string {
  return SECRET_TEXT.reduce((rest, [pattern, mask]) => rest.replace(pattern, mask), text);
}

/**
 * A copy of a resource's inputs without its secrets: values under telling names, `value` beside a
 * telling `name` (environment variables), and all data of a Kubernetes Secret. What Pulumi knows to
 * be secret arrives as `[secret]` and stays so.
 */
export function redact(type: string, inputs: unknown): unknown {
  return copy(inputs, /^kubernetes:core\/v1:Secret(Patch)?$/.test(type) ? 'secret' : 'plain');
}

function copy(node: unknown, mode: 'plain' | 'secret' | 'hidden'): unknown {
  if (Array.isArray(node)) return node.map((item) => copy(item, mode));
  if (typeof node !== 'object' || node === null) {
    if (typeof node === 'string' && (mode !== 'hidden' || node === '[secret]')) {
      return redactText(node);
    }
    // Whether something is on or off is no secret: `automountServiceAccountToken: false`.
    return mode === 'hidden' && typeof node !== 'boolean' ? MASK : node;
  }
  const named = 'name' in node && typeof node.name === 'string' && isSecretKey(node.name);
  return Object.fromEntries(
    Object.entries(node).map(([key, child]) => {
      const data = mode === 'secret' && ['data', 'stringData', 'annotations'].includes(key);
      const hidden = mode === 'hidden' || data || isSecretKey(key) || (named && key === 'value');
      const inside = mode === 'secret' && key === 'metadata' ? 'secret' : 'plain';
      return [key, copy(child, hidden ? 'hidden' : inside)];
    }),
  );
}
