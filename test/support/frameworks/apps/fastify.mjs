import Fastify from "fastify";

const app = Fastify({ forceCloseConnections: true });
app.get("/", async () => String(process.pid));
app.post("/json", async (request, reply) => reply.code(201).send(request.body));
await app.listen({ port: Number(process.env.PORT), host: "localhost" });
process.on("SIGTERM", () => app.close());
