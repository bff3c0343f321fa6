import type { GuardOptions } from "../../options.ts";
import type { DetectorFactory } from "./detector.ts";

export interface InjectionGuard {
  /** Name in the log. */
  readonly guard: string;
  readonly option: keyof GuardOptions;
  /** Default message of the refusal. */
  readonly message: string;
  /** Loads the detector's factory. */
  readonly load: () => Promise<DetectorFactory>;
}

/** In the order in which they run. */
export const INJECTION_GUARDS: readonly InjectionGuard[] = [
  {
    guard: "path-traversal",
    option: "pathTraversal",
    message: "Path traversal attempt detected",
    load: async () => (await import("./path-traversal.ts")).pathTraversal,
  },
  {
    guard: "xss",
    option: "xss",
    message: "Potential XSS attack detected",
    load: async () => (await import("./xss.ts")).xss,
  },
  {
    guard: "sqli",
    option: "sqlInjection",
    message: "Potential SQL injection detected",
    load: async () => (await import("./sql-injection.ts")).sqlInjection,
  },
  {
    guard: "cmd-inject",
    option: "commandInjection",
    message: "Potential command injection detected",
    load: async () => (await import("./command-injection.ts")).commandInjection,
  },
  {
    guard: "ldap-inject",
    option: "ldapInjection",
    message: "Potential LDAP injection detected",
    load: async () => (await import("./ldap-injection.ts")).ldapInjection,
  },
  {
    guard: "xxe",
    option: "xxe",
    message: "XML external entities are not allowed",
    load: async () => (await import("./xxe.ts")).xxe,
  },
];
