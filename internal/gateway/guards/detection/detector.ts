import type { Settings } from "../settings.ts";

/**
 * Where in a request a text was found: `xml` is a whole XML body, `header` a header that applications log or display.
 */
export type Place = "path" | "query" | "body" | "xml" | "header";

/** Whether a decoded text contains the attack. Its time is linear in the length of the text. */
export type Detector = (text: string, place: Place) => boolean;

export type DetectorFactory = (settings: Settings) => Detector;
