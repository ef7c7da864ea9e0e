// CRDs of cloudnative-pg 1.30.0: f8bede43fe4e
// Made by "UPDATE_GOLDEN=1 npm run golden".

export interface BackupSpec {
  readonly cluster: { readonly name: string };
  readonly method?: 'barmanObjectStore' | 'volumeSnapshot' | 'plugin';
  readonly online?: boolean;
  readonly onlineConfiguration?: {
    readonly immediateCheckpoint?: boolean;
    readonly waitForArchive?: boolean;
  };
  readonly pluginConfiguration?: {
    readonly name: string;
    readonly parameters?: Readonly<Record<string, string>>;
  };
  readonly target?: 'primary' | 'prefer-standby';
}

export interface ClusterSpec {
  readonly affinity?: {
    readonly additionalPodAffinity?: Readonly<Record<string, unknown>>;
    readonly additionalPodAntiAffinity?: Readonly<Record<string, unknown>>;
    readonly enablePodAntiAffinity?: boolean;
    readonly nodeAffinity?: Readonly<Record<string, unknown>>;
    readonly nodeSelector?: Readonly<Record<string, string>>;
    readonly podAntiAffinityType?: string;
    readonly tolerations?: readonly Readonly<Record<string, unknown>>[];
    readonly topologyKey?: string;
  };
  readonly backup?: {
    readonly barmanObjectStore?: Readonly<Record<string, unknown>>;
    readonly retentionPolicy?: string;
    readonly target?: 'primary' | 'prefer-standby';
    readonly volumeSnapshot?: {
      readonly annotations?: Readonly<Record<string, string>>;
      readonly className?: string;
      readonly labels?: Readonly<Record<string, string>>;
      readonly online?: boolean;
      readonly onlineConfiguration?: {
        readonly immediateCheckpoint?: boolean;
        readonly waitForArchive?: boolean;
      };
      readonly snapshotOwnerReference?: 'none' | 'cluster' | 'backup';
      readonly tablespaceClassName?: Readonly<Record<string, string>>;
      readonly walClassName?: string;
    };
  };
  readonly bootstrap?: {
    readonly initdb?: {
      readonly builtinLocale?: string;
      readonly dataChecksums?: boolean;
      readonly database?: string;
      readonly encoding?: string;
      readonly icuLocale?: string;
      readonly icuRules?: string;
      readonly import?: {
        readonly databases: readonly string[];
        readonly pgDumpExtraOptions?: readonly string[];
        readonly pgRestoreDataOptions?: readonly string[];
        readonly pgRestoreExtraOptions?: readonly string[];
        readonly pgRestorePostdataOptions?: readonly string[];
        readonly pgRestorePredataOptions?: readonly string[];
        readonly postImportApplicationSQL?: readonly string[];
        readonly roles?: readonly string[];
        readonly schemaOnly?: boolean;
        readonly source: { readonly externalCluster: string };
        readonly type: 'microservice' | 'monolith';
      };
      readonly locale?: string;
      readonly localeCType?: string;
      readonly localeCollate?: string;
      readonly localeProvider?: string;
      readonly options?: readonly string[];
      readonly owner?: string;
      readonly postInitApplicationSQL?: readonly string[];
      readonly postInitApplicationSQLRefs?: {
        readonly configMapRefs?: readonly { readonly key: string; readonly name: string }[];
        readonly secretRefs?: readonly { readonly key: string; readonly name: string }[];
      };
      readonly postInitSQL?: readonly string[];
      readonly postInitSQLRefs?: {
        readonly configMapRefs?: readonly { readonly key: string; readonly name: string }[];
        readonly secretRefs?: readonly { readonly key: string; readonly name: string }[];
      };
      readonly postInitTemplateSQL?: readonly string[];
      readonly postInitTemplateSQLRefs?: {
        readonly configMapRefs?: readonly { readonly key: string; readonly name: string }[];
        readonly secretRefs?: readonly { readonly key: string; readonly name: string }[];
      };
      readonly secret?: { readonly name: string };
      readonly walSegmentSize?: number;
    };
    readonly pg_basebackup?: {
      readonly database?: string;
      readonly owner?: string;
      readonly secret?: { readonly name: string };
      readonly source: string;
    };
    readonly recovery?: {
      readonly backup?: {
        readonly endpointCA?: { readonly key: string; readonly name: string };
        readonly name: string;
      };
      readonly database?: string;
      readonly owner?: string;
      readonly recoveryTarget?: {
        readonly backupID?: string;
        readonly exclusive?: boolean;
        readonly targetImmediate?: boolean;
        readonly targetLSN?: string;
        readonly targetName?: string;
        readonly targetTLI?: string;
        readonly targetTime?: string;
        readonly targetXID?: string;
      };
      readonly secret?: { readonly name: string };
      readonly source?: string;
      readonly volumeSnapshots?: {
        readonly storage: {
          readonly apiGroup?: string;
          readonly kind: string;
          readonly name: string;
        };
        readonly tablespaceStorage?: Readonly<Record<string, {
          readonly apiGroup?: string;
          readonly kind: string;
          readonly name: string;
        }>>;
        readonly walStorage?: {
          readonly apiGroup?: string;
          readonly kind: string;
          readonly name: string;
        };
      };
    };
  };
  readonly certificates?: {
    readonly clientCASecret?: string;
    readonly replicationTLSSecret?: string;
    readonly serverAltDNSNames?: readonly string[];
    readonly serverCASecret?: string;
    readonly serverTLSSecret?: string;
  };
  readonly description?: string;
  readonly enablePDB?: boolean;
  readonly enableSuperuserAccess?: boolean;
  readonly env?: readonly Readonly<Record<string, unknown>>[];
  readonly envFrom?: readonly Readonly<Record<string, unknown>>[];
  readonly ephemeralVolumeSource?: Readonly<Record<string, unknown>>;
  readonly ephemeralVolumesSizeLimit?: {
    readonly shm?: number | string;
    readonly temporaryData?: number | string;
  };
  readonly externalClusters?: readonly {
    readonly barmanObjectStore?: Readonly<Record<string, unknown>>;
    readonly connectionParameters?: Readonly<Record<string, string>>;
    readonly name: string;
    readonly password?: {
      readonly key: string;
      readonly name?: string;
      readonly optional?: boolean;
    };
    readonly plugin?: {
      readonly enabled?: boolean;
      readonly isWALArchiver?: boolean;
      readonly name: string;
      readonly parameters?: Readonly<Record<string, string>>;
    };
    readonly sslCert?: {
      readonly key: string;
      readonly name?: string;
      readonly optional?: boolean;
    };
    readonly sslKey?: {
      readonly key: string;
      readonly name?: string;
      readonly optional?: boolean;
    };
    readonly sslRootCert?: {
      readonly key: string;
      readonly name?: string;
      readonly optional?: boolean;
    };
  }[];
  readonly failoverDelay?: number;
  readonly imageCatalogRef?: {
    readonly apiGroup?: string;
    readonly kind: string;
    readonly major: number;
    readonly name: string;
  };
  readonly imageName?: string;
  readonly imagePullPolicy?: string;
  readonly imagePullSecrets?: readonly { readonly name: string }[];
  readonly inheritedMetadata?: {
    readonly annotations?: Readonly<Record<string, string>>;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly instances: number;
  readonly livenessProbeTimeout?: number;
  readonly logLevel?: 'error' | 'warning' | 'info' | 'debug' | 'trace';
  readonly managed?: {
    readonly roles?: readonly {
      readonly bypassrls?: boolean;
      readonly comment?: string;
      readonly connectionLimit?: number;
      readonly createdb?: boolean;
      readonly createrole?: boolean;
      readonly disablePassword?: boolean;
      readonly ensure?: 'present' | 'absent';
      readonly inRoles?: readonly string[];
      readonly inherit?: boolean;
      readonly login?: boolean;
      readonly name: string;
      readonly passwordSecret?: { readonly name: string };
      readonly replication?: boolean;
      readonly superuser?: boolean;
      readonly validUntil?: string;
    }[];
    readonly services?: {
      readonly additional?: readonly {
        readonly selectorType: 'rw' | 'r' | 'ro';
        readonly serviceTemplate: {
          readonly metadata?: {
            readonly annotations?: Readonly<Record<string, string>>;
            readonly labels?: Readonly<Record<string, string>>;
            readonly name?: string;
          };
          readonly spec?: {
            readonly allocateLoadBalancerNodePorts?: boolean;
            readonly clusterIP?: string;
            readonly clusterIPs?: readonly string[];
            readonly externalIPs?: readonly string[];
            readonly externalName?: string;
            readonly externalTrafficPolicy?: string;
            readonly healthCheckNodePort?: number;
            readonly internalTrafficPolicy?: string;
            readonly ipFamilies?: readonly string[];
            readonly ipFamilyPolicy?: string;
            readonly loadBalancerClass?: string;
            readonly loadBalancerIP?: string;
            readonly loadBalancerSourceRanges?: readonly string[];
            readonly ports?: readonly {
              readonly appProtocol?: string;
              readonly name?: string;
              readonly nodePort?: number;
              readonly port: number;
              readonly protocol?: string;
              readonly targetPort?: number | string;
            }[];
            readonly publishNotReadyAddresses?: boolean;
            readonly selector?: Readonly<Record<string, string>>;
            readonly sessionAffinity?: string;
            readonly sessionAffinityConfig?: { readonly clientIP?: { readonly timeoutSeconds?: number } };
            readonly trafficDistribution?: string;
            readonly type?: string;
          };
        };
        readonly updateStrategy?: 'patch' | 'replace';
      }[];
      readonly disabledDefaultServices?: readonly ('rw' | 'r' | 'ro')[];
    };
  };
  readonly maxSyncReplicas?: number;
  readonly minSyncReplicas?: number;
  readonly monitoring?: {
    readonly customQueriesConfigMap?: readonly { readonly key: string; readonly name: string }[];
    readonly customQueriesSecret?: readonly { readonly key: string; readonly name: string }[];
    readonly disableDefaultQueries?: boolean;
    readonly enablePodMonitor?: boolean;
    readonly metricsQueriesTTL?: string;
    readonly podMonitorMetricRelabelings?: readonly Readonly<Record<string, unknown>>[];
    readonly podMonitorRelabelings?: readonly Readonly<Record<string, unknown>>[];
    readonly tls?: { readonly enabled?: boolean };
  };
  readonly nodeMaintenanceWindow?: { readonly inProgress?: boolean; readonly reusePVC?: boolean };
  readonly plugins?: readonly {
    readonly enabled?: boolean;
    readonly isWALArchiver?: boolean;
    readonly name: string;
    readonly parameters?: Readonly<Record<string, string>>;
  }[];
  readonly podSecurityContext?: Readonly<Record<string, unknown>>;
  readonly podSelectorRefs?: readonly {
    readonly name: string;
    readonly selector: {
      readonly matchExpressions?: readonly {
        readonly key: string;
        readonly operator: string;
        readonly values?: readonly string[];
      }[];
      readonly matchLabels?: Readonly<Record<string, string>>;
    };
  }[];
  readonly postgresGID?: number;
  readonly postgresUID?: number;
  readonly postgresql?: {
    readonly enableAlterSystem?: boolean;
    readonly extensions?: readonly {
      readonly bin_path?: readonly string[];
      readonly dynamic_library_path?: readonly string[];
      readonly env?: readonly Readonly<Record<string, unknown>>[];
      readonly extension_control_path?: readonly string[];
      readonly image?: { readonly pullPolicy?: string; readonly reference?: string };
      readonly ld_library_path?: readonly string[];
      readonly name: string;
    }[];
    readonly ldap?: {
      readonly bindAsAuth?: { readonly prefix?: string; readonly suffix?: string };
      readonly bindSearchAuth?: {
        readonly baseDN?: string;
        readonly bindDN?: string;
        readonly bindPassword?: {
          readonly key: string;
          readonly name?: string;
          readonly optional?: boolean;
        };
        readonly searchAttribute?: string;
        readonly searchFilter?: string;
      };
      readonly port?: number;
      readonly scheme?: 'ldap' | 'ldaps';
      readonly server?: string;
      readonly tls?: boolean;
    };
    readonly parameters?: Readonly<Record<string, string>>;
    readonly pg_hba?: readonly string[];
    readonly pg_ident?: readonly string[];
    readonly promotionTimeout?: number;
    readonly shared_preload_libraries?: readonly string[];
    readonly syncReplicaElectionConstraint?: {
      readonly enabled: boolean;
      readonly nodeLabelsAntiAffinity?: readonly string[];
    };
    readonly synchronous?: {
      readonly dataDurability?: 'required' | 'preferred';
      readonly failoverQuorum?: boolean;
      readonly maxStandbyNamesFromCluster?: number;
      readonly method: 'any' | 'first';
      readonly number: number;
      readonly standbyNamesPost?: readonly string[];
      readonly standbyNamesPre?: readonly string[];
    };
  };
  readonly primaryLease?: {
    readonly leaseDurationSeconds?: number;
    readonly releasedLeaseDurationSeconds?: number;
    readonly renewDeadlineSeconds?: number;
    readonly retryPeriodSeconds?: number;
  };
  readonly primaryUpdateMethod?: 'switchover' | 'restart';
  readonly primaryUpdateStrategy?: 'unsupervised' | 'supervised';
  readonly priorityClassName?: string;
  readonly probes?: {
    readonly liveness?: {
      readonly failureThreshold?: number;
      readonly initialDelaySeconds?: number;
      readonly isolationCheck?: {
        readonly connectionTimeout?: number;
        readonly enabled?: boolean;
        readonly requestTimeout?: number;
      };
      readonly periodSeconds?: number;
      readonly successThreshold?: number;
      readonly terminationGracePeriodSeconds?: number;
      readonly timeoutSeconds?: number;
    };
    readonly readiness?: {
      readonly failureThreshold?: number;
      readonly initialDelaySeconds?: number;
      readonly maximumLag?: number | string;
      readonly periodSeconds?: number;
      readonly successThreshold?: number;
      readonly terminationGracePeriodSeconds?: number;
      readonly timeoutSeconds?: number;
      readonly type?: 'pg_isready' | 'streaming' | 'query';
    };
    readonly startup?: {
      readonly failureThreshold?: number;
      readonly initialDelaySeconds?: number;
      readonly maximumLag?: number | string;
      readonly periodSeconds?: number;
      readonly successThreshold?: number;
      readonly terminationGracePeriodSeconds?: number;
      readonly timeoutSeconds?: number;
      readonly type?: 'pg_isready' | 'streaming' | 'query';
    };
  };
  readonly projectedVolumeTemplate?: Readonly<Record<string, unknown>>;
  readonly replica?: {
    readonly enabled?: boolean;
    readonly minApplyDelay?: string;
    readonly primary?: string;
    readonly promotionToken?: string;
    readonly self?: string;
    readonly source: string;
  };
  readonly replicationSlots?: {
    readonly highAvailability?: {
      readonly enabled?: boolean;
      readonly slotPrefix?: string;
      readonly synchronizeLogicalDecoding?: boolean;
    };
    readonly synchronizeReplicas?: {
      readonly enabled: boolean;
      readonly excludePatterns?: readonly string[];
    };
    readonly updateInterval?: number;
  };
  readonly resources?: {
    readonly claims?: readonly { readonly name: string; readonly request?: string }[];
    readonly limits?: Readonly<Record<string, number | string>>;
    readonly requests?: Readonly<Record<string, number | string>>;
  };
  readonly schedulerName?: string;
  readonly seccompProfile?: { readonly localhostProfile?: string; readonly type: string };
  readonly securityContext?: Readonly<Record<string, unknown>>;
  readonly serviceAccountName?: string;
  readonly serviceAccountTemplate?: {
    readonly metadata: {
      readonly annotations?: Readonly<Record<string, string>>;
      readonly labels?: Readonly<Record<string, string>>;
      readonly name?: string;
    };
  };
  readonly smartShutdownTimeout?: number;
  readonly startDelay?: number;
  readonly stopDelay?: number;
  readonly storage?: {
    readonly pvcTemplate?: Readonly<Record<string, unknown>>;
    readonly resizeInUseVolumes?: boolean;
    readonly size?: string;
    readonly storageClass?: string;
  };
  readonly superuserSecret?: { readonly name: string };
  readonly switchoverDelay?: number;
  readonly tablespaces?: readonly {
    readonly name: string;
    readonly owner?: { readonly name?: string };
    readonly storage: {
      readonly pvcTemplate?: Readonly<Record<string, unknown>>;
      readonly resizeInUseVolumes?: boolean;
      readonly size?: string;
      readonly storageClass?: string;
    };
    readonly temporary?: boolean;
  }[];
  readonly topologySpreadConstraints?: readonly Readonly<Record<string, unknown>>[];
  readonly walStorage?: {
    readonly pvcTemplate?: Readonly<Record<string, unknown>>;
    readonly resizeInUseVolumes?: boolean;
    readonly size?: string;
    readonly storageClass?: string;
  };
}

export interface DatabaseSpec {
  readonly allowConnections?: boolean;
  readonly builtinLocale?: string;
  readonly cluster: { readonly name?: string };
  readonly collationVersion?: string;
  readonly connectionLimit?: number;
  readonly databaseReclaimPolicy?: 'delete' | 'retain';
  readonly encoding?: string;
  readonly ensure?: 'present' | 'absent';
  readonly extensions?: readonly {
    readonly ensure?: 'present' | 'absent';
    readonly name: string;
    readonly schema?: string;
    readonly version?: string;
  }[];
  readonly fdws?: readonly {
    readonly ensure?: 'present' | 'absent';
    readonly handler?: string;
    readonly name: string;
    readonly options?: readonly {
      readonly ensure?: 'present' | 'absent';
      readonly name: string;
      readonly value: string;
    }[];
    readonly owner?: string;
    readonly usage?: readonly { readonly name: string; readonly type?: 'grant' | 'revoke' }[];
    readonly validator?: string;
  }[];
  readonly icuLocale?: string;
  readonly icuRules?: string;
  readonly isTemplate?: boolean;
  readonly locale?: string;
  readonly localeCType?: string;
  readonly localeCollate?: string;
  readonly localeProvider?: string;
  readonly name: string;
  readonly owner: string;
  readonly schemas?: readonly {
    readonly ensure?: 'present' | 'absent';
    readonly name: string;
    readonly owner?: string;
  }[];
  readonly servers?: readonly {
    readonly ensure?: 'present' | 'absent';
    readonly fdw: string;
    readonly name: string;
    readonly options?: readonly {
      readonly ensure?: 'present' | 'absent';
      readonly name: string;
      readonly value: string;
    }[];
    readonly usage?: readonly { readonly name: string; readonly type?: 'grant' | 'revoke' }[];
  }[];
  readonly tablespace?: string;
  readonly template?: Readonly<Record<string, unknown>>;
}

export interface DatabaseRoleSpec {
  readonly bypassrls?: boolean;
  readonly clientCertificate?: { readonly enabled?: boolean };
  readonly cluster: { readonly name?: string };
  readonly comment?: string;
  readonly connectionLimit?: number;
  readonly createdb?: boolean;
  readonly createrole?: boolean;
  readonly databaseRoleReclaimPolicy?: 'delete' | 'retain';
  readonly disablePassword?: boolean;
  readonly ensure?: 'present' | 'absent';
  readonly inRoles?: readonly string[];
  readonly inherit?: boolean;
  readonly login?: boolean;
  readonly name: string;
  readonly passwordSecret?: { readonly name: string };
  readonly replication?: boolean;
  readonly superuser?: boolean;
  readonly validUntil?: string;
}

export interface PoolerSpec {
  readonly cluster: { readonly name: string };
  readonly deploymentStrategy?: {
    readonly rollingUpdate?: {
      readonly maxSurge?: number | string;
      readonly maxUnavailable?: number | string;
    };
    readonly type?: string;
  };
  readonly instances?: number;
  readonly monitoring?: {
    readonly enablePodMonitor?: boolean;
    readonly podMonitorMetricRelabelings?: readonly Readonly<Record<string, unknown>>[];
    readonly podMonitorRelabelings?: readonly Readonly<Record<string, unknown>>[];
    readonly tls?: { readonly enabled?: boolean };
  };
  readonly pgbouncer: {
    readonly authQuery?: string;
    readonly authQuerySecret?: { readonly name: string };
    readonly clientCASecret?: { readonly name: string };
    readonly clientTLSSecret?: { readonly name: string };
    readonly image?: string;
    readonly imageCatalogRef?: {
      readonly apiGroup?: string;
      readonly key: string;
      readonly kind: string;
      readonly name: string;
    };
    readonly parameters?: Readonly<Record<string, string>>;
    readonly paused?: boolean;
    readonly pg_hba?: readonly string[];
    readonly poolMode?: 'session' | 'transaction';
    readonly serverCASecret?: { readonly name: string };
    readonly serverTLSSecret?: { readonly name: string };
  };
  readonly serviceAccountName?: string;
  readonly serviceTemplate?: {
    readonly metadata?: {
      readonly annotations?: Readonly<Record<string, string>>;
      readonly labels?: Readonly<Record<string, string>>;
      readonly name?: string;
    };
    readonly spec?: {
      readonly allocateLoadBalancerNodePorts?: boolean;
      readonly clusterIP?: string;
      readonly clusterIPs?: readonly string[];
      readonly externalIPs?: readonly string[];
      readonly externalName?: string;
      readonly externalTrafficPolicy?: string;
      readonly healthCheckNodePort?: number;
      readonly internalTrafficPolicy?: string;
      readonly ipFamilies?: readonly string[];
      readonly ipFamilyPolicy?: string;
      readonly loadBalancerClass?: string;
      readonly loadBalancerIP?: string;
      readonly loadBalancerSourceRanges?: readonly string[];
      readonly ports?: readonly {
        readonly appProtocol?: string;
        readonly name?: string;
        readonly nodePort?: number;
        readonly port: number;
        readonly protocol?: string;
        readonly targetPort?: number | string;
      }[];
      readonly publishNotReadyAddresses?: boolean;
      readonly selector?: Readonly<Record<string, string>>;
      readonly sessionAffinity?: string;
      readonly sessionAffinityConfig?: { readonly clientIP?: { readonly timeoutSeconds?: number } };
      readonly trafficDistribution?: string;
      readonly type?: string;
    };
  };
  readonly template?: Readonly<Record<string, unknown>>;
  readonly type?: 'rw' | 'ro' | 'r';
}

export interface ScheduledBackupSpec {
  readonly backupOwnerReference?: 'none' | 'self' | 'cluster';
  readonly cluster: { readonly name: string };
  readonly immediate?: boolean;
  readonly method?: 'barmanObjectStore' | 'volumeSnapshot' | 'plugin';
  readonly online?: boolean;
  readonly onlineConfiguration?: {
    readonly immediateCheckpoint?: boolean;
    readonly waitForArchive?: boolean;
  };
  readonly pluginConfiguration?: {
    readonly name: string;
    readonly parameters?: Readonly<Record<string, string>>;
  };
  readonly schedule: string;
  readonly suspend?: boolean;
  readonly target?: 'primary' | 'prefer-standby';
}
