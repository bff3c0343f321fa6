import type { WorkerRequest } from "../../../../protocol/wire/worker.ts";
import type { Logger } from "../../../base/log.ts";
import { type Answer, errorAnswer, type RequestFilter } from "../../exchange/answer.ts";
import type { Exchange } from "../../exchange/exchange.ts";
import type { GuardOptions } from "../../options.ts";
import { active } from "../active.ts";
import { mediaTypeOf } from "../media-type.ts";
import { routeRuleOf } from "../routes.ts";
import { Settings } from "../settings.ts";
import { INJECTION_GUARDS, type InjectionGuard } from "./attacks.ts";
import { formFields } from "./form-fields.ts";
import { Sightings } from "./sightings.ts";
import { isPlain, MOST_TEXT, type PlacedText, textsOfBody, textsOfHead } from "./text-of-request.ts";

/** Detects attacks in requests. The texts of a request are extracted once for all enabled guards. */
export async function createDetection(options: GuardOptions, log: Logger): Promise<RequestFilter> {
  const watches: Watch[] = [];
  for (const guard of INJECTION_GUARDS) {
    const configuration = active(options[guard.option]);
    if (configuration) watches.push(await watchOf(guard, new Settings(configuration), log));
  }
  const sightings = new Sightings(log);
  const look = (request: WorkerRequest, exchange: Exchange, texts: readonly PlacedText[]) =>
    refusalOf(watches, texts, exchange, sightings) ?? request;
  return (request, exchange) => {
    const head = textsOfHead(request);
    if (request.body === undefined) return head.length === 0 ? request : look(request, exchange, head);
    if (request.body.length > MOST_TEXT) sightings.reportTooLong(exchange);
    if (!isEncodedForm(request, request.body)) return look(request, exchange, [...head, ...textsOfBody(request)]);
    return textsOfForm(request, request.body).then((form) => look(request, exchange, [...head, ...form]));
  };
}

interface Watch {
  readonly guard: string;
  readonly finds: (text: PlacedText) => boolean;
  readonly isRoute: (method: string, path: string) => boolean;
  /** Undefined if detections are only logged. */
  readonly refusal: Answer | undefined;
}

async function watchOf({ guard, message, load }: InjectionGuard, settings: Settings, log: Logger): Promise<Watch> {
  const detector = (await load())(settings);
  const isBlocking = settings.flag("blockOnDetection", false);
  const status = settings.number("statusCode", 403, 400, 599);
  const refusal = errorAnswer(Math.trunc(status), settings.text("message", message));
  const isRoute = routeRuleOf(settings);
  settings.logRefused(guard, log);
  return {
    guard,
    finds: ({ text, place }) => detector(text, place),
    isRoute,
    refusal: isBlocking ? refusal : undefined,
  };
}

/** The refusal of the first guard that blocks. Detections of the others are logged. */
function refusalOf(
  watches: readonly Watch[],
  texts: readonly PlacedText[],
  exchange: Exchange,
  sightings: Sightings,
): Answer | undefined {
  for (const { guard, finds, isRoute, refusal } of watches) {
    const found = texts.find(finds);
    if (found === undefined || !isRoute(exchange.method, exchange.path)) continue;
    sightings.report(guard, found.place, exchange, refusal !== undefined);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/** The gateway has converted a form with stored files to JSON, but kept its content type. */
function isEncodedForm({ headers }: WorkerRequest, body: Uint8Array): boolean {
  return mediaTypeOf(headers) === "multipart/form-data" && body[0] !== 0x7b;
}

async function textsOfForm({ headers }: WorkerRequest, body: Uint8Array): Promise<PlacedText[]> {
  const fields = await formFields(body, String(headers["content-type"]));
  return fields
    .flat()
    .filter((text) => !isPlain(text))
    .map((text) => ({ place: "body", text: text.slice(0, MOST_TEXT) }));
}
