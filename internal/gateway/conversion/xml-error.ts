/** The client's XML cannot be converted. */
export class XmlError extends Error {}
