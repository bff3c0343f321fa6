import type { GuardOptions } from "../../options.ts";
import type { DetectorFactory } from "./detector.ts";

export interface InjectionGuard {
  /** As the log calls it. */
  readonly guard: string;
  readonly option: keyof GuardOptions;
  /** Of its refusal, where the configuration has none. */
  readonly message: string;
  /** Resolves with what makes its detector. */
  readonly load: () => Promise<DetectorFactory>;
}

/** In the order in which they look. */
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
