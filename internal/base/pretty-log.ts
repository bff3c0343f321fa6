export { build, prettyFactory } from "pino-pretty";
