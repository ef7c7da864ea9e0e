// CRDs of gateway-api 1.4.0: 59d7cf1d99e1 2f61e8c8c228 b0e29566bbe0 dc114a794b2b c2539410dec7 3a59dcc699c2
// Made by "UPDATE_GOLDEN=1 npm run golden".

export interface GatewaySpec {
  readonly addresses?: readonly { readonly type?: string; readonly value?: string }[];
  readonly gatewayClassName: string;
  readonly infrastructure?: {
    readonly annotations?: Readonly<Record<string, string>>;
    readonly labels?: Readonly<Record<string, string>>;
    readonly parametersRef?: {
      readonly group: string;
      readonly kind: string;
      readonly name: string;
    };
  };
  readonly listeners: readonly {
    readonly allowedRoutes?: {
      readonly kinds?: readonly { readonly group?: string; readonly kind: string }[];
      readonly namespaces?: {
        readonly from?: 'All' | 'Selector' | 'Same';
        readonly selector?: {
          readonly matchExpressions?: readonly {
            readonly key: string;
            readonly operator: string;
            readonly values?: readonly string[];
          }[];
          readonly matchLabels?: Readonly<Record<string, string>>;
        };
      };
    };
    readonly hostname?: string;
    readonly name: string;
    readonly port: number;
    readonly protocol: string;
    readonly tls?: {
      readonly certificateRefs?: readonly {
        readonly group?: string;
        readonly kind?: string;
        readonly name: string;
        readonly namespace?: string;
      }[];
      readonly mode?: 'Terminate' | 'Passthrough';
      readonly options?: Readonly<Record<string, string>>;
    };
  }[];
}

export interface GatewayClassSpec {
  readonly controllerName: string;
  readonly description?: string;
  readonly parametersRef?: {
    readonly group: string;
    readonly kind: string;
    readonly name: string;
    readonly namespace?: string;
  };
}

export interface HTTPRouteSpec {
  readonly hostnames?: readonly string[];
  readonly parentRefs?: readonly {
    readonly group?: string;
    readonly kind?: string;
    readonly name: string;
    readonly namespace?: string;
    readonly port?: number;
    readonly sectionName?: string;
  }[];
  readonly rules?: readonly {
    readonly backendRefs?: readonly {
      readonly filters?: readonly {
        readonly extensionRef?: {
          readonly group: string;
          readonly kind: string;
          readonly name: string;
        };
        readonly requestHeaderModifier?: {
          readonly add?: readonly { readonly name: string; readonly value: string }[];
          readonly remove?: readonly string[];
          readonly set?: readonly { readonly name: string; readonly value: string }[];
        };
        readonly requestMirror?: {
          readonly backendRef: {
            readonly group?: string;
            readonly kind?: string;
            readonly name: string;
            readonly namespace?: string;
            readonly port?: number;
          };
          readonly fraction?: { readonly denominator?: number; readonly numerator: number };
          readonly percent?: number;
        };
        readonly requestRedirect?: {
          readonly hostname?: string;
          readonly path?: {
            readonly replaceFullPath?: string;
            readonly replacePrefixMatch?: string;
            readonly type: 'ReplaceFullPath' | 'ReplacePrefixMatch';
          };
          readonly port?: number;
          readonly scheme?: 'http' | 'https';
          readonly statusCode?: 301 | 302;
        };
        readonly responseHeaderModifier?: {
          readonly add?: readonly { readonly name: string; readonly value: string }[];
          readonly remove?: readonly string[];
          readonly set?: readonly { readonly name: string; readonly value: string }[];
        };
        readonly type: 'RequestHeaderModifier' | 'ResponseHeaderModifier' | 'RequestMirror' | 'RequestRedirect' | 'URLRewrite' | 'ExtensionRef';
        readonly urlRewrite?: {
          readonly hostname?: string;
          readonly path?: {
            readonly replaceFullPath?: string;
            readonly replacePrefixMatch?: string;
            readonly type: 'ReplaceFullPath' | 'ReplacePrefixMatch';
          };
        };
      }[];
      readonly group?: string;
      readonly kind?: string;
      readonly name: string;
      readonly namespace?: string;
      readonly port?: number;
      readonly weight?: number;
    }[];
    readonly filters?: readonly {
      readonly extensionRef?: {
        readonly group: string;
        readonly kind: string;
        readonly name: string;
      };
      readonly requestHeaderModifier?: {
        readonly add?: readonly { readonly name: string; readonly value: string }[];
        readonly remove?: readonly string[];
        readonly set?: readonly { readonly name: string; readonly value: string }[];
      };
      readonly requestMirror?: {
        readonly backendRef: {
          readonly group?: string;
          readonly kind?: string;
          readonly name: string;
          readonly namespace?: string;
          readonly port?: number;
        };
        readonly fraction?: { readonly denominator?: number; readonly numerator: number };
        readonly percent?: number;
      };
      readonly requestRedirect?: {
        readonly hostname?: string;
        readonly path?: {
          readonly replaceFullPath?: string;
          readonly replacePrefixMatch?: string;
          readonly type: 'ReplaceFullPath' | 'ReplacePrefixMatch';
        };
        readonly port?: number;
        readonly scheme?: 'http' | 'https';
        readonly statusCode?: 301 | 302;
      };
      readonly responseHeaderModifier?: {
        readonly add?: readonly { readonly name: string; readonly value: string }[];
        readonly remove?: readonly string[];
        readonly set?: readonly { readonly name: string; readonly value: string }[];
      };
      readonly type: 'RequestHeaderModifier' | 'ResponseHeaderModifier' | 'RequestMirror' | 'RequestRedirect' | 'URLRewrite' | 'ExtensionRef';
      readonly urlRewrite?: {
        readonly hostname?: string;
        readonly path?: {
          readonly replaceFullPath?: string;
          readonly replacePrefixMatch?: string;
          readonly type: 'ReplaceFullPath' | 'ReplacePrefixMatch';
        };
      };
    }[];
    readonly matches?: readonly {
      readonly headers?: readonly {
        readonly name: string;
        readonly type?: 'Exact' | 'RegularExpression';
        readonly value: string;
      }[];
      readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE' | 'CONNECT' | 'OPTIONS' | 'TRACE' | 'PATCH';
      readonly path?: {
        readonly type?: 'Exact' | 'PathPrefix' | 'RegularExpression';
        readonly value?: string;
      };
      readonly queryParams?: readonly {
        readonly name: string;
        readonly type?: 'Exact' | 'RegularExpression';
        readonly value: string;
      }[];
    }[];
    readonly name?: string;
    readonly timeouts?: { readonly backendRequest?: string; readonly request?: string };
  }[];
}
