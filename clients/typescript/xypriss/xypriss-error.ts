/** The error that XyPriss's runner raises, with the words it uses. */
export class XyPrissError extends Error {
  override readonly name = "XyPrissError";
  readonly module: string;
  readonly action: string;
  /** What failed, on what, and why. */
  readonly details: string;
  /** The error as it came: an XsysError, whose `code` can be branched on, when it is the service's or the connection's. */
  readonly raw: unknown;

  constructor(module: string, action: string, raw: unknown) {
    const details = raw instanceof Error ? raw.message : String(raw);
    super(`[XyPriss Error] ${module}.${action} failed: ${details}`, { cause: raw });
    this.module = module;
    this.action = action;
    this.details = details;
    this.raw = raw;
  }
}
