require("reflect-metadata");
const { Body, Controller, Get, Module, Post } = require("@nestjs/common");
const { NestFactory } = require("@nestjs/core");
const { ExpressAdapter } = require("@nestjs/platform-express");
const { FastifyAdapter } = require("@nestjs/platform-fastify");

class AppController {
  root() {
    return String(process.pid);
  }
  json(body) {
    return body;
  }
}
const methods = AppController.prototype;
Controller()(AppController);
Get()(methods, "root", Object.getOwnPropertyDescriptor(methods, "root"));
Post("json")(methods, "json", Object.getOwnPropertyDescriptor(methods, "json"));
Body()(methods, "json", 0);
class AppModule {}
Module({ controllers: [AppController] })(AppModule);

async function main() {
  const adapter = process.env.ADAPTER === "fastify" ? new FastifyAdapter() : new ExpressAdapter();
  const app = await NestFactory.create(AppModule, adapter, { logger: ["error"], forceCloseConnections: true });
  app.enableShutdownHooks();
  await app.listen(process.env.PORT);
}
void main();
