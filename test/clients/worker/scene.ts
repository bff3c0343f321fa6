import type { RequestListener, Server } from "node:http";
import { afterEach, beforeEach } from "vitest";
import {
  type ServeOptions,
  serveNodeWorker,
  serveWorker,
  type WorkerHandle,
  type WorkerHandler,
} from "../../../clients/typescript/worker.ts";
import { FakeGateway } from "../../support/fake-gateway.ts";
import { type Sandbox, useSandbox } from "../../support/sandbox.ts";

/** A fake gateway, and a worker in this process that is connected to it. */
class Scene {
  gateway!: FakeGateway;
  worker!: WorkerHandle;
  /** Errors passed to the worker's onError. */
  errors: unknown[] = [];
  readonly #sandbox: Sandbox;

  constructor(sandbox: Sandbox) {
    this.#sandbox = sandbox;
  }

  path(name: string): string {
    return this.#sandbox.path(name);
  }

  async listen(): Promise<void> {
    this.gateway = await FakeGateway.listen(this.path("gateway.sock"));
  }

  async serve(handler: WorkerHandler, options: ServeOptions = {}): Promise<void> {
    this.worker = await serveWorker(handler, { ...this.#options(), ...options });
  }

  async serveNode(app: RequestListener | Server): Promise<void> {
    this.worker = await serveNodeWorker(app, this.#options());
  }

  #options(): ServeOptions {
    return { socket: this.gateway.path, exitOnClose: false, onError: (error) => this.errors.push(error) };
  }
}

export function useScene(): Scene {
  const scene = new Scene(useSandbox());
  beforeEach(async () => {
    scene.errors = [];
    await scene.listen();
  });
  afterEach(async () => {
    scene.worker?.close();
    await scene.gateway.close();
  });
  return scene;
}
