const told = new Set<string>();

/** Writes a message for the operator to standard error, once. */
export function tell(message: string): void {
  if (told.has(message)) return;
  told.add(message);
  process.stderr.write(`xsys: ${message}\n`);
}
