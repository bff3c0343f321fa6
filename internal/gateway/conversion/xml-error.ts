/** Why a text of XML was not converted: its fault, never ours. */
export class XmlError extends Error {}
