/** Numeric owner as `uid:gid`: Kubernetes can check `runAsNonRoot` only against numbers. */
export type Owner = `${number}:${number}`;

/** Where the bytes of a file come from. */
export type Source =
  /** Own build in `.cache/bin`. */
  | { readonly program: string }
  /** File of the checkout, relative to its root. */
  | { readonly project: string }
  /** One Go file of the checkout, compiled to a static program. */
  | { readonly go: string }
  | { readonly text: string };

interface Placed {
  /** Absolute path in the image. Below `/usr` in Debian layers: there `/bin` is a link to it. */
  readonly path: string;
  /** Default: `0:0`. */
  readonly owner?: Owner;
}

export type Entry =
  | (Placed & {
      readonly kind: 'file';
      readonly from: Source;
      /** Default: 0o755 for programs, else 0o644. */
      readonly mode?: number;
      /** Lets a user other than root listen below port 1024, if the pod grants NET_BIND_SERVICE. */
      readonly bindsLowPorts?: boolean;
    })
  | (Placed & { readonly kind: 'directory'; readonly mode?: number })
  | (Placed & { readonly kind: 'link'; readonly target: string })
  /** All files below a folder of the checkout, without those whose relative path matches. */
  | (Placed & { readonly kind: 'tree'; readonly from: string; readonly except: RegExp });

export interface DebianLayer {
  readonly kind: 'debian';
  readonly packages: readonly string[];
  /** Shell lines run by the host's `sh` in the root of the unpacked tree, after the slimming. */
  readonly prepare?: string;
}

export interface FilesLayer {
  readonly kind: 'files';
  readonly entries: readonly Entry[];
}

/** Production dependencies of one npm workspace, below `/node_modules` and its own folder. */
export interface ModulesLayer {
  readonly kind: 'modules';
  readonly workspace: string;
}

export type Layer = DebianLayer | FilesLayer | ModulesLayer;

export interface Recipe {
  /** Short name: chooses the image in `only`, and names its record in `.cache/images`. */
  readonly name: string;
  /** Upstream name with its tag, as manifests write it. */
  readonly reference: string;
  /** From the bottom up. What changes most often comes last. */
  readonly layers: readonly Layer[];
  /** Default: root. */
  readonly user?: Owner;
  readonly entrypoint?: readonly string[];
  /** Arguments of the entrypoint when the pod gives none. */
  readonly command?: readonly string[];
  /** Added to PATH, whose default is Debian's; naming PATH here replaces it. */
  readonly env?: Readonly<Record<string, string>>;
  /** Default: `/`. */
  readonly workingDir?: string;
  /** Such as `8080/tcp`. Documentation only. */
  readonly ports?: readonly string[];
}

/** A layer of Debian packages with everything they depend on, unpacked but not configured. */
export function debian(packages: readonly string[], prepare?: string): DebianLayer {
  return { kind: 'debian', packages, ...(prepare === undefined ? {} : { prepare }) };
}

export function files(...entries: Entry[]): FilesLayer {
  return { kind: 'files', entries };
}

/** Places an own build of `.cache/bin`. */
export function program(name: string, path: string): Entry {
  return { kind: 'file', path, from: { program: name } };
}

/** Gives a numeric user its name: some programs refuse to run as somebody unknown. */
export function account(name: string, owner: Owner, home = '/nonexistent'): Entry[] {
  const [uid, gid] = owner.split(':');
  const users = `root:x:0:0:root:/root:/bin/sh\n${name}:x:${uid}:${gid}::${home}:/bin/sh\n`;
  return [
    { kind: 'file', path: '/etc/passwd', from: { text: users } },
    { kind: 'file', path: '/etc/group', from: { text: `root:x:0:\n${name}:x:${gid}:\n` } },
  ];
}
