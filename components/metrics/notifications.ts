import type * as pulumi from '@pulumi/pulumi';

/** Where alerts go. Every channel gets every alert; one that fails does not hold up the others. */
export interface Notifications {
  readonly email?: {
    /** Mail server, `host:port`; it must offer STARTTLS or TLS. */
    readonly smarthost: string;
    readonly from: string;
    readonly to: readonly string[];
    /** Default: the server asks for no password. */
    readonly login?: { readonly username: string; readonly password: pulumi.Input<string> };
  };
  readonly slack?: {
    /** Channel such as `#alerts`. */
    readonly channel: string;
    /** Secret: address of the incoming webhook. */
    readonly url: pulumi.Input<string>;
  };
  /** Any program that takes Alertmanager's JSON, such as an SMS gateway. */
  readonly webhook?: { readonly url: pulumi.Input<string> };
  /** WeCom (WeChat Work). */
  readonly wecom?: {
    readonly corpId: string;
    readonly agentId: string;
    /** User names divided by `|`, or `@all`. */
    readonly toUser: string;
    readonly secret: pulumi.Input<string>;
  };
  /** Address that is called every minute while alerts work. The service behind it tells when not. */
  readonly deadMan?: { readonly url: pulumi.Input<string> };
}

/** With every secret known. */
export type KnownNotifications = pulumi.Unwrap<Notifications>;
