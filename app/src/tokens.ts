import { importJWK, jwtVerify, SignJWT } from 'jose';
import type { CryptoKey, JWK } from 'jose';

import { ConfigError } from './config.ts';
import type { TenantId } from './db/tenancy.ts';
import { SESSION_SECONDS } from './sessions.ts';
import type { Principal } from './sessions.ts';

const ALGORITHM = 'EdDSA';
const AUDIENCE = 'saas-platform';
const TYPE = 'at+jwt';
/** Verifying costs 350 µs, a cache hit 12: tokens live in a bounded map until they expire. */
const CACHE_SIZE = 10_000;

interface Verified {
  readonly who: Principal;
  readonly expires: number;
}

/**
 * Signs with the first key of the file and accepts every key in it. To rotate: add the new key at
 * the end, roll out, move it to the front, roll out, and drop the old one an hour later.
 */
export class Tokens {
  readonly #issuer: string;
  readonly #kid: string;
  readonly #signing: CryptoKey;
  readonly #verifying: ReadonlyMap<string, CryptoKey>;
  readonly #cache = new Map<string, Verified>();

  private constructor(
    issuer: string,
    signing: readonly [string, CryptoKey],
    verifying: ReadonlyMap<string, CryptoKey>,
  ) {
    this.#issuer = issuer;
    [this.#kid, this.#signing] = signing;
    this.#verifying = verifying;
  }

  static async load(jwks: string, issuer: string): Promise<Tokens> {
    const problem = (text: string) => new ConfigError([`JWT_KEYS_FILE: ${text}`]);
    let keys: JWK[];
    try {
      keys = (JSON.parse(jwks) as { keys: JWK[] }).keys;
      if (!Array.isArray(keys) || keys.length === 0) throw new Error('no keys');
    } catch {
      throw problem('expected { "keys": [ … ] } with at least one key.');
    }
    const verifying = new Map<string, CryptoKey>();
    let signing: readonly [string, CryptoKey] | undefined;
    for (const [index, { kty, crv, kid, x, d }] of keys.entries()) {
      if (kty !== 'OKP' || crv !== 'Ed25519' || !kid || !x || !d) {
        throw problem(`key ${index} is not a private Ed25519 key with a "kid".`);
      }
      if (verifying.has(kid)) throw problem(`two keys have the kid "${kid}".`);
      signing ??= [kid, (await importJWK({ kty, crv, x, d }, ALGORITHM)) as CryptoKey];
      verifying.set(kid, (await importJWK({ kty, crv, x }, ALGORITHM)) as CryptoKey);
    }
    if (signing === undefined) throw problem('no key to sign with.');
    return new Tokens(issuer, signing, verifying);
  }

  /** @param seconds - how long the token is good for, at most what is left of its session */
  async sign(who: Principal, seconds = SESSION_SECONDS): Promise<string> {
    return new SignJWT({ tid: who.tenantId, sid: who.sessionId })
      .setProtectedHeader({ alg: ALGORITHM, kid: this.#kid, typ: TYPE })
      .setIssuer(this.#issuer)
      .setAudience(AUDIENCE)
      .setSubject(who.userId)
      .setIssuedAt()
      .setExpirationTime(`${seconds}s`)
      .sign(this.#signing);
  }

  /** Whose token it is; undefined when it is not ours, altered or out of date. */
  async verify(token: string): Promise<Principal | undefined> {
    const now = Date.now() / 1_000;
    const cached = this.#cache.get(token);
    if (cached !== undefined) {
      if (cached.expires > now) return cached.who;
      this.#cache.delete(token);
      return undefined;
    }
    try {
      // Algorithm, issuer, audience and type are fixed; a key named inside the token is never used.
      const { payload } = await jwtVerify(token, ({ kid }) => this.#key(kid), {
        algorithms: [ALGORITHM],
        issuer: this.#issuer,
        audience: AUDIENCE,
        typ: TYPE,
        requiredClaims: ['sub', 'tid', 'sid', 'exp', 'iat'],
      });
      const { sub, tid, sid, exp } = payload as {
        sub: string;
        tid: TenantId;
        sid: string;
        exp: number;
      };
      const who = { tenantId: tid, userId: sub, sessionId: sid };
      if (this.#cache.size >= CACHE_SIZE) {
        const [oldest] = this.#cache.keys();
        if (oldest !== undefined) this.#cache.delete(oldest);
      }
      this.#cache.set(token, { who, expires: exp });
      return who;
    } catch {
      return undefined;
    }
  }

  #key(kid: string | undefined): CryptoKey {
    const key = kid === undefined ? undefined : this.#verifying.get(kid);
    if (key === undefined) throw new Error('unknown key');
    return key;
  }
}
