import type { Passed, PassGates, SharedGatesOptions } from "../../../protocol/wire/gateway.ts";
import type { Answer, Gate, GatedRequest } from "../../gateway/exchange/answer.ts";
import type { ServiceLink } from "./service-link.ts";

/** Asks the service whether a request passes the gates that hold for all gateways together. */
export function createSharedGate(link: ServiceLink, { takesPath, takesEnd }: SharedGatesOptions): Gate {
  return (request) => {
    const { client, path } = request;
    const question: PassGates = takesPath ? { client, path } : { client };
    const { promise, resolve } = Promise.withResolvers<Answer | undefined>();
    const id = link.ask("PassGates", question, (payload) => resolve(answerOf(request, payload as Passed | null)));
    if (takesEnd) request.onEnd(() => link.send("LeaveGates", null, id));
    return promise;
  };
}

function answerOf(request: GatedRequest, passed: Passed | null): Answer | undefined {
  const { refused, headers = {} } = passed ?? {};
  for (const [name, value] of Object.entries(headers)) request.addHeader(name, value);
  return refused && { ...refused, body: Buffer.from(refused.body) };
}
