import { readEnvironmentFileSync } from "../processes/environment-file.ts";
import type { AppEnvironment } from "./app-spec.ts";

/** Variables by which a clone, and everything that it starts, can be recognized. */
export const CLONE_KEY = "XSYS_CLONE_KEY";
export const CLONE_ID = "XSYS_CLONE_ID";
/** The port on which a clone with the front `proxy` listens. */
export const CLONE_PORT = "XSYS_CLONE_PORT";
/** The state folder of the keeper that has started it. */
export const CLONE_STATE = "XSYS_CLONE_STATE";

/** The environment of a clone, without what identifies it. @throws if its file cannot be read */
export function cloneEnvironment({ base, file, own }: AppEnvironment): Record<string, string> {
  return { ...base, ...(file !== undefined && readEnvironmentFileSync(file)), ...own };
}

/** Variables with which a clone learns what it is. */
export function cloneIdentity(state: string, app: string, id: string, key: string): Record<string, string> {
  return {
    XSYS_APP: app,
    [CLONE_ID]: id,
    [CLONE_KEY]: key,
    [CLONE_STATE]: state,
    GUARDIAN_CLONE_ID: id,
    NODE_APP_INSTANCE: id, // as pm2 calls it
  };
}
