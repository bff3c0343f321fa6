import { describe, expect, test } from "vitest";
import { CallTable } from "../../internal/ipc/call-table.ts";
import { IncomingCall } from "../../internal/ipc/incoming-call.ts";
import { FrameWriter } from "../../protocol/wire/frame.ts";

const frames = new FrameWriter({ write: () => true, cork: () => {}, uncork: () => {} });
const peer = { saidHello: true, onClose: () => {} };

function callWith(id: number): IncomingCall {
  return new IncomingCall("path.join", id, frames, { takesInput: false, wantsProgress: false, callerPid: 1, peer });
}

describe("CallTable", () => {
  test.each([0, 1, 1_023, 1_024, 0x7fff_ffff, 0xffff_ffff])("finds and removes the call with the id %d", (id) => {
    const table = new CallTable();
    const call = callWith(id);
    expect(table.get(id)).toBeUndefined();
    table.add(id, call);
    expect(table.get(id)).toBe(call);
    expect(table.size).toBe(1);
    expect(table.list()).toEqual([call]);
    table.remove(id);
    expect(table.get(id)).toBeUndefined();
    expect(table.size).toBe(0);
    expect(table.list()).toEqual([]);
  });

  test("lists the calls with small and large ids", () => {
    const table = new CallTable();
    const calls = [7, 5_000, 0, 1_023].map(callWith);
    for (const call of calls) table.add(call.id as number, call);
    table.remove(7);
    expect(new Set(table.list())).toEqual(new Set(calls.slice(1)));
    expect(table.size).toBe(3);
  });
});
