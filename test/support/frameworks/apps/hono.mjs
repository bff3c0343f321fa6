import { serve } from "@hono/node-server";
import { Hono } from "hono";

const app = new Hono();
app.get("/", (context) => context.text(String(process.pid)));
app.post("/json", async (context) => context.json(await context.req.json(), 201));
serve({ fetch: app.fetch, port: Number(process.env.PORT) });
