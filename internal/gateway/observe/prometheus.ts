export { collectDefaultMetrics, Registry } from "prom-client";
