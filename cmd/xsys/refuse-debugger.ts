/** On SIGUSR1, Node opens its debugger on a port, where every local user could run code in this process. */
export function refuseDebugger(): void {
  process.on("SIGUSR1", () => {});
}
