import { basename, dirname } from "node:path";
import { XsysError } from "../../../protocol/errors.ts";
import type { AppDefinition } from "../app-definition.ts";
import type { AppPlace } from "./app-place.ts";
import { findings } from "./findings.ts";
import { MAX_APPS } from "./limits.ts";
import { ownDefinition } from "./own-app.ts";
import { OWN_SCHEMA } from "./own-schema.ts";
import { placeOf } from "./place-of.ts";
import { pm2Definition } from "./pm2-app.ts";
import { PM2_SCHEMA } from "./pm2-schema.ts";

interface Source {
  readonly file: string;
  readonly envName: string | undefined;
}

interface Apps {
  readonly apps: AppDefinition[];
  readonly warnings: string[];
}

type Path = readonly (string | number)[];
type Fields = Readonly<Record<string, unknown>>;

/**
 * The apps of a configuration's contents: one app, a list of apps, or an object with either as `apps`.
 * @throws INVALID_DATA
 */
export async function appsIn(contents: unknown, source: Source): Promise<Apps> {
  const { found, warnings } = foundIn(contents, source.file);
  if (found.length === 0) throw invalid(source.file, "has no apps");
  if (found.length > MAX_APPS) throw invalid(source.file, `has more than ${MAX_APPS} apps`);
  const { checkApp } = await import("./check-app.ts");
  const apps: AppDefinition[] = [];
  for (const { value, path } of found) {
    if (!isFields(value)) throw invalid(source.file, `${placeOf(path)} must be an object`);
    const app = withoutNulls(value);
    const isPm2 = isOfPm2(app, source.file);
    const schema = isPm2 ? PM2_SCHEMA : OWN_SCHEMA;
    checkApp(app, schema, source.file, path);
    warnings.push(...findings(app, schema, path));
    const place = { file: source.file, folder: dirname(source.file), path, ofEnvironment: variablesOf(app, source) };
    const defined = isPm2 ? pm2Definition(app, place) : { definition: ownDefinition(app, place), warnings: [] };
    warnings.push(...defined.warnings);
    apps.push(withProgram(withoutUndefined(defined.definition), place, isPm2));
  }
  refuseSameNames(apps, found, source.file);
  return { apps, warnings: [...warnings, ...unusedEnvironment(found, source)] };
}

interface Found {
  readonly value: unknown;
  readonly path: Path;
}

function foundIn(contents: unknown, file: string): { readonly found: readonly Found[]; readonly warnings: string[] } {
  if (Array.isArray(contents)) return { found: listed(contents, []), warnings: [] };
  if (!isFields(contents)) throw invalid(file, "must be an object or a list of apps");
  if (!("apps" in contents)) return { found: [{ value: contents, path: [] }], warnings: [] };
  const { apps, $schema, ...others } = contents;
  const warnings = Object.keys(others).map((name) => `${placeOf([name])} is unknown and has no effect`);
  return { found: Array.isArray(apps) ? listed(apps, ["apps"]) : [{ value: apps, path: ["apps"] }], warnings };
}

function listed(apps: readonly unknown[], path: Path): Found[] {
  return apps.map((value, index) => ({ value, path: [...path, index] }));
}

/** pm2's configuration is known by its file's name, or by fields that only pm2 has. */
function isOfPm2(app: Fields, file: string): boolean {
  if (/^(?:ecosystem|pm2|process)\b/.test(basename(file))) return true;
  return ("script" in app || "exec" in app) && !("entry" in app || "command" in app);
}

/** In YAML, a field without a value is null. */
function withoutNulls(app: Fields): Fields {
  return Object.fromEntries(Object.entries(app).filter(([name, value]) => value !== null && name !== "$schema"));
}

function variablesOf(app: Fields, { envName }: Source): AppPlace["ofEnvironment"] {
  return envName === undefined ? {} : ((app[`env_${envName}`] ?? {}) as AppPlace["ofEnvironment"]);
}

function withoutUndefined(definition: AppDefinition): AppDefinition {
  return Object.fromEntries(Object.entries(definition).filter(([, value]) => value !== undefined));
}

function withProgram(definition: AppDefinition, { file, path }: AppPlace, isPm2: boolean): AppDefinition {
  if (definition.entry !== undefined || definition.command !== undefined) return definition;
  const where = path.length === 0 ? "it" : placeOf(path);
  throw invalid(file, `${where} has no ${isPm2 ? "script" : "entry"}`);
}

function refuseSameNames(apps: readonly AppDefinition[], found: readonly Found[], file: string): void {
  const places = new Map<string, Path>();
  for (const [index, { name }] of apps.entries()) {
    const path = found[index]?.path ?? [];
    const other = name === undefined ? undefined : places.get(name);
    if (other !== undefined) throw invalid(file, `${placeOf(other)} and ${placeOf(path)} have the same name, ${name}`);
    if (name !== undefined) places.set(name, path);
  }
}

/** A mistyped name of an environment would silently start the apps without its variables. */
function unusedEnvironment(found: readonly Found[], { envName }: Source): string[] {
  if (envName === undefined) return [];
  const names = found.flatMap(({ value }) => Object.keys(value as Fields)).filter((name) => name.startsWith("env_"));
  if (names.includes(`env_${envName}`) || names.length === 0) return [];
  return [`no app has env_${envName}; there is ${[...new Set(names)].join(", ")}`];
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function invalid(file: string, what: string): XsysError {
  return new XsysError("INVALID_DATA", `${file}: ${what}`);
}
