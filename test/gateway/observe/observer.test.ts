import { expect, test } from "vitest";
import { Observer } from "../../../internal/gateway/observe/observer.ts";
import { fakeExchange } from "../fake-exchange.ts";

test("the end of each request is reported, and none is in flight then", () => {
  const inFlight: number[] = [];
  const observer: Observer = new Observer(undefined, undefined, () => inFlight.push(observer.inFlight));
  const exchanges = [fakeExchange(), fakeExchange()];
  for (const exchange of exchanges) observer.began(exchange);
  expect(inFlight).toEqual([]);
  for (const exchange of exchanges) exchange.end();
  expect(inFlight).toEqual([1, 0]);
});
