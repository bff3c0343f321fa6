import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { type Service, type ServiceOptions, startService } from "../../internal/host/service.ts";

/** Starts a service on a temporary socket, whose folder is removed when it ends. `onLog` gets each log line. */
export async function startTestService({
  onLog = () => {},
  ...options
}: Partial<ServiceOptions> & { readonly onLog?: (line: Record<string, unknown>) => void } = {}): Promise<Service> {
  const folder = await mkdtemp(join(tmpdir(), "xsys-socket-"));
  const removeFolder = () => rm(folder, { recursive: true, force: true });
  const log = pino({ level: "debug" }, { write: (line: string) => onLog(JSON.parse(line)) });
  try {
    const service = await startService({ socket: join(folder, "s"), root: folder, confined: false, log, ...options });
    return { ...service, ended: service.ended.then(removeFolder) };
  } catch (error) {
    await removeFolder();
    throw error;
  }
}
