import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { freePort } from "../free-port.ts";
import { type ServerProcess, startServer } from "../server-process.ts";

/**
 * nginx with one process, in front of a Unix socket and a folder below /files/, with its fastest configuration:
 * connections to the worker are kept alive without a limit of requests, and there is no access log (xsys writes none
 * by default).
 */
export async function startNginx(
  folder: string,
  socket: string,
  files: string,
): Promise<ServerProcess & { port: number }> {
  const port = await freePort();
  const configuration = join(folder, "nginx.conf");
  await writeFile(configuration, configurationText(folder, socket, files, port));
  const words = ["nginx", "-p", folder, "-c", configuration, "-e", "stderr"] as const;
  const server = await startServer(words, { ready: /start worker process /, end: "SIGTERM" });
  return { ...server, port };
}

function configurationText(folder: string, socket: string, files: string, port: number): string {
  return `
    daemon off;
    worker_processes 1;
    ${process.getuid?.() === 0 ? "user root;" : ""}
    pid ${folder}/nginx.pid;
    error_log stderr notice;
    events { worker_connections 1024; }
    http {
      access_log off;
      sendfile on;
      tcp_nopush on;
      types { text/plain txt; }
      keepalive_requests 100000000;
      client_body_temp_path ${folder}/body;
      proxy_temp_path ${folder}/proxy;
      fastcgi_temp_path ${folder}/fastcgi;
      uwsgi_temp_path ${folder}/uwsgi;
      scgi_temp_path ${folder}/scgi;
      upstream worker {
        server unix:${socket};
        keepalive 64;
        keepalive_requests 100000000;
      }
      server {
        listen 127.0.0.1:${port} backlog=1024;
        location / {
          proxy_pass http://worker;
          proxy_http_version 1.1;
          proxy_set_header Connection "";
          proxy_set_header Host $host;
        }
        location /files/ { alias ${files}/; }
      }
    }
  `;
}
