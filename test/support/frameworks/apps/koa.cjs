const Koa = require("koa").default ?? require("koa");

const app = new Koa();
app.use(async (context) => {
  if (context.path === "/") context.body = String(process.pid);
  else if (context.path === "/json") {
    const parts = [];
    for await (const bytes of context.req) parts.push(bytes);
    context.status = 201;
    context.body = JSON.parse(Buffer.concat(parts).toString());
  }
});
app.listen(process.env.PORT);
