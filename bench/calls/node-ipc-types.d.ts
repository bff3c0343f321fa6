/** Types for the part of node-ipc that the bench uses. The package has none. */
declare module "node-ipc" {
  export interface Peer {
    on(event: "connect", listener: () => void): void;
    on(event: string, listener: (message: unknown) => void): void;
    emit(event: string, message: unknown): void;
  }
  interface Server {
    // biome-ignore lint/suspicious/noExplicitAny: the type of a message depends on the caller
    on(event: string, listener: (message: any, peer: object) => void): void;
    emit(peer: object, event: string, message: unknown): void;
    start(): void;
  }
  export class IPCModule {
    readonly config: { silent: boolean; id: string; socketRoot: string };
    readonly server: Server;
    readonly of: Readonly<Record<string, Peer>>;
    serve(path: string, onListening: () => void): void;
    connectTo(id: string, path: string, onCreated: () => void): void;
    disconnect(id: string): void;
  }
}
