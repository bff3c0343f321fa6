import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createReadStream } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { promisify } from "node:util";
import type { Manifest } from "../../scripts/build/npm/manifest.ts";

const run = promisify(execFile);

export interface Packed {
  readonly file: string;
  /** The paths of its files. */
  readonly paths: readonly string[];
}

export interface Npm {
  /** Runs npm with these arguments in a directory. */
  npm(words: readonly string[], cwd: string, env?: NodeJS.ProcessEnv): Promise<{ readonly stdout: string }>;
  /** Packs a package's folder as `npm publish` does. */
  pack(folder: string): Promise<Packed>;
  /** Creates a directory for an application, with a manifest, and returns its path. */
  application(name: string): Promise<string>;
}

/** npm with its cache and packed files below `folder`. It uses only the given registry, or none. */
export function npmIn(folder: string, registry?: string): Npm {
  const npm: Npm["npm"] = (words, cwd, env = process.env) => {
    const settings = { cache: join(folder, "cache"), audit: "false", fund: "false", update_notifier: "false" };
    const own = Object.entries({ ...settings, ...(registry === undefined ? { offline: "true" } : { registry }) });
    return run("npm", words, {
      cwd,
      env: { ...env, ...Object.fromEntries(own.map(([name, value]) => [`npm_config_${name}`, value])) },
    });
  };
  return {
    npm,
    async pack(packed) {
      const { stdout } = await npm(["pack", packed, "--json", "--pack-destination", folder], folder);
      const [{ filename, files }] = JSON.parse(stdout) as [{ filename: string; files: { path: string }[] }];
      return { file: join(folder, filename), paths: files.map(({ path }) => path) };
    },
    async application(name) {
      const app = join(folder, name);
      await mkdir(app);
      await writeFile(join(app, "package.json"), JSON.stringify({ name, version: "1.0.0", type: "module" }));
      return app;
    },
  };
}

export interface Registry {
  readonly url: string;
  close(): Promise<void>;
}

export interface Published {
  readonly manifest: Manifest;
  /** The packed file. */
  readonly file: string;
}

/** A registry on loopback with the part of the API that npm uses to install one version of each package. */
export async function startRegistry(packages: readonly Published[]): Promise<Registry> {
  const byName = new Map(packages.map((published) => [published.manifest.name, published]));
  const server = createServer(async (request, response) => {
    const [name = "", , archive] = (request.url ?? "").slice(1).split("/");
    const published = byName.get(name);
    if (published === undefined) response.writeHead(404).end("{}");
    else if (archive === undefined) response.end(JSON.stringify(await documentOf(published, url)));
    else createReadStream(published.file).pipe(response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** The registry's document for a package with one version. */
async function documentOf({ manifest, file }: Published, url: string): Promise<object> {
  const { name, version } = manifest;
  const hash = createHash("sha512").update(await buffer(createReadStream(file)));
  const dist = { tarball: `${url}/${name}/-/${name}-${version}.tgz`, integrity: `sha512-${hash.digest("base64")}` };
  return { name, "dist-tags": { latest: version }, versions: { [version]: { ...manifest, dist } } };
}

/** Reads the manifest in a package's directory. */
export async function manifestOf(folder: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
}
