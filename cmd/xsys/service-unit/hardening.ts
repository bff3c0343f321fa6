import type { Settings } from "../../../internal/base/unit-file.ts";

/** Restrictions that every systemd instance can apply, including a user's: systemd.exec(5). */
export const HARDENED: Settings = {
  NoNewPrivileges: "yes",
  LockPersonality: "yes",
  RestrictRealtime: "yes",
  RestrictSUIDSGID: "yes",
  RestrictNamespaces: "yes",
  RestrictAddressFamilies: "AF_UNIX AF_INET AF_INET6 AF_NETLINK", // netlink lists the network interfaces
  SystemCallArchitectures: "native",
  SystemCallFilter: "@system-service",
  SystemCallErrorNumber: "EPERM",
};

/**
 * Further restrictions of the system instance. Without MemoryDenyWriteExecute, because V8 generates code at run time.
 */
export const HARDENED_BY_ROOT: Settings = {
  ProtectSystem: "strict",
  ProtectHome: "read-only",
  PrivateTmp: "yes",
  PrivateDevices: "yes", // terminals remain available
  ProtectClock: "yes",
  ProtectHostname: "yes",
  ProtectControlGroups: "yes",
  ProtectKernelLogs: "yes",
  ProtectKernelModules: "yes",
  ProtectKernelTunables: "yes",
};
