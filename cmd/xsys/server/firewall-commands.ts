/** Commands with which an administrator can open the port for all clients, or for clients with the given addresses. */
export function firewallCommands(port: number, allowed: readonly string[]): string[] {
  if (allowed.length === 0) return [`sudo ufw allow ${port}/tcp`];
  return allowed
    .filter((address) => /^[\da-f.:]+(\/\d{1,3})?$/i.test(address))
    .map((address) => `sudo ufw allow from ${address} to any port ${port} proto tcp`);
}
