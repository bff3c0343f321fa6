/** The SDK: `connect()` returns a client with a typed method for every command. */
export type { CommandName, Params, Result } from "../../protocol/commands/index.ts";
export { defaultSocket } from "../../protocol/endpoint.ts";
export { ERRORS, type ErrorCode, XsysError } from "../../protocol/errors.ts";
export type { Progress } from "../../protocol/wire/event-stream.ts";
export type { HelloAnswer, Limits } from "../../protocol/wire/message.ts";
export type { ByteStream } from "./byte-stream.ts";
export type { Client, CommandMethods } from "./client.ts";
export { type ConnectOptions, connect } from "./connect.ts";
export { type ConnectSyncOptions, connectSync } from "./connect-sync.ts";
export type { EventStream } from "./event-stream.ts";
export type { CallOptions, Input } from "./outgoing-call.ts";
export type { SyncCallOptions, SyncClient, SyncCommandMethods } from "./sync/sync-client.ts";
