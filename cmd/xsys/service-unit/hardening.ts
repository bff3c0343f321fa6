type Settings = Readonly<Record<string, string>>;

/** What any systemd can keep a service from, a user's as well: systemd.exec(5). */
export const HARDENED: Settings = {
  NoNewPrivileges: "yes",
  LockPersonality: "yes",
  RestrictRealtime: "yes",
  RestrictSUIDSGID: "yes",
  RestrictNamespaces: "yes",
  RestrictAddressFamilies: "AF_UNIX AF_INET AF_INET6 AF_NETLINK", // netlink tells of the network's interfaces
  SystemCallArchitectures: "native",
  SystemCallFilter: "@system-service",
  SystemCallErrorNumber: "EPERM",
};

/** What the machine's systemd can, besides. V8 writes code that it runs: MemoryDenyWriteExecute is not for it. */
export const HARDENED_BY_ROOT: Settings = {
  ProtectSystem: "strict",
  ProtectHome: "read-only",
  PrivateTmp: "yes",
  PrivateDevices: "yes", // terminals stay
  ProtectClock: "yes",
  ProtectHostname: "yes",
  ProtectControlGroups: "yes",
  ProtectKernelLogs: "yes",
  ProtectKernelModules: "yes",
  ProtectKernelTunables: "yes",
};
