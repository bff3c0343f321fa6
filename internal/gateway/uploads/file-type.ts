export { fileTypeFromBuffer, supportedMimeTypes } from "file-type";
