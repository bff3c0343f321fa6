import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { AcceptShare } from "../../internal/gateway/listener/accept-share.ts";
import { acceptLimit } from "../../internal/host/gateways/accept-limit.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A server to which clients connect, as far as it accepts them. */
class FakeServer {
  connections = 0;
  accepts = true;
  asked = 0;
  readonly share: AcceptShare;

  constructor(limit: number) {
    this.share = new AcceptShare(this, limit, () => this.asked++);
  }

  pause(): void {
    this.accepts = false;
  }

  resume(): void {
    this.accepts = true;
  }

  connect(count: number): number {
    for (let i = 0; i < count && this.accepts; i++) {
      this.connections++;
      this.share.accepted();
    }
    return this.connections;
  }
}

test("a gateway accepts up to its limit, asks once, and continues with a higher one", () => {
  const server = new FakeServer(4);
  expect(server.connect(10)).toBe(4);
  expect(server.asked).toBe(1);
  server.share.allow(7);
  expect(server.connect(10)).toBe(7);
  server.share.allow(7);
  expect(server.accepts, "the limit is not higher than its connections").toBe(false);
});

test("without a new limit it accepts 8, 16 and so on, so that connections do not wait", () => {
  const server = new FakeServer(4);
  server.connect(100);
  vi.advanceTimersByTime(100);
  expect(server.connect(100)).toBe(12);
  vi.advanceTimersByTime(100);
  expect(server.connect(100)).toBe(28);
  server.share.allow(6);
  vi.advanceTimersByTime(100);
  expect(server.connect(100), "a new limit that is higher begins with 8 again").toBe(36);
});

test("after its end it does not accept again", () => {
  const server = new FakeServer(1);
  server.connect(1);
  server.share.stop();
  vi.advanceTimersByTime(1_000);
  server.share.allow(10);
  expect(server.accepts).toBe(false);
});

test("the limit is the average and 4, or an eighth, more", () => {
  expect(acceptLimit([])).toBe(4);
  expect(acceptLimit([0, 0])).toBe(4);
  expect(acceptLimit([10, 20])).toBe(19);
  expect(acceptLimit([400, 800])).toBe(675);
});
