/** The error that XyPriss's runner throws, with the same message format. */
export class XyPrissError extends Error {
  override readonly name = "XyPrissError";
  readonly module: string;
  readonly action: string;
  /** What failed, on which path or object, and why. */
  readonly details: string;
  /** The original error. Errors of the service and of the connection are XsysErrors, with a `code`. */
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
