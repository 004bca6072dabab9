// PostGraphile 5 on the product's database, as its role, behind its walls. PEER_CONFIG names a JSON file, BENCH_LISTENER a listening socket.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import pg from "pg";
import { postgraphile } from "postgraphile";
import { makePgService } from "postgraphile/adaptors/pg";
import { grafserv } from "postgraphile/grafserv/node";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";
import { jsonPgSmartTags } from "postgraphile/utils";
import { Sessions } from "./session.mjs";
import { SHOWN } from "./shown.mjs";
import { smartTags } from "./smart_tags.mjs";

const config = JSON.parse(readFileSync(process.env.PEER_CONFIG, "utf8"));
const pool = new pg.Pool({ connectionString: config.app, max: config.appPool });
const sessions = new Sessions({ ...config, pool });

const Recording = {
  name: "RecordingPlugin",
  grafast: {
    middleware: {
      async execute(next, { args }) {
        args.outputDataAsString = true;
        const result = await next();
        const shown = SHOWN[args.operationName];
        if (shown !== undefined && !result.errors) {
          await sessions.record(args.contextValue.pgSettings, shown[0], shown[1](result.data, args.variableValues));
        }
        return result;
      },
    },
  },
};

const instance = postgraphile({
  extends: [PostGraphileAmberPreset],
  plugins: [jsonPgSmartTags(smartTags), Recording],
  disablePlugins: ["PgIndexBehaviorsPlugin"],
  schema: { defaultBehavior: "connection list" },
  pgServices: [makePgService({ pool, schemas: ["public", "bench_peer"] })],
  grafserv: { graphiql: false, watch: false, outputDataAsString: true, graphqlPath: "/graphql" },
  grafast: {
    explain: false,
    async context({ node }) {
      return { pgSettings: await sessions.settings(node.req) };
    },
  },
});

const served = instance.createServ(grafserv);
const server = createServer();
server.keepAliveTimeout = 0;
server.on("request", (request, response) => {
  response.on("finish", () => process.stdout.write(`{"path":"${request.url}","status":${response.statusCode}}\n`));
});
await served.addTo(server);
await instance.getSchema();
server.listen({ fd: Number(process.env.BENCH_LISTENER) });
process.on("SIGTERM", () => process.exit(0));
