import type { Settings } from "../settings.ts";

/** Where in a request a text was: `xml` is a whole body of XML, `header` a header that applications log or show. */
export type Place = "path" | "query" | "body" | "xml" | "header";

/** Whether a text, decoded, has the attack in it. Its time is linear in the text. */
export type Detector = (text: string, place: Place) => boolean;

export type DetectorFactory = (settings: Settings) => Detector;
