// Who is asking, by the product's own statement, and the record of whose data was shown.
import { createHash, randomUUID } from "node:crypto";
import pg from "pg";

const DAY = new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Shanghai" });

export class Sessions {
  constructor(config) {
    this.who = config.who;
    this.login = new pg.Pool({ connectionString: config.login, max: config.loginPool });
    this.app = config.pool;
  }

  // The settings of the request's transactions; refuses whoever has no live session.
  async settings(request) {
    const token = (request.headers.authorization ?? "").slice("Bearer ".length);
    const now = new Date();
    const given = {
      given_hash: createHash("sha256").update(token).digest(),
      now,
      today: DAY.format(now),
      idle_since: new Date(now - this.who.idleSeconds * 1000),
      touch_before: new Date(now - this.who.touchSeconds * 1000),
    };
    const values = this.who.names.map((name) => given[name] ?? this.who.fixed[name]);
    const found = await this.login.query({ name: "who", text: this.who.text, values, rowMode: "array" });
    if (found.rows.length === 0) throw new Error("not signed in");
    const row = found.rows[0];
    return {
      "app.tenant": row[15],
      "app.account": row[1],
      "app.login": row[2],
      "app.name": row[3],
      "app.roles": row[5].join(","),
      "app.request": randomUUID(),
    };
  }

  // One statement, in a transaction of its own, before the answer leaves.
  async record(settings, asked, shown) {
    const values = [settings["app.account"], settings["app.name"], asked, settings["app.request"], settings["app.tenant"]];
    const rows = shown.map(([kind, key, count]) => {
      values.push(kind, key, count);
      return `($5, uuidv7(), now(), $1, $2, $3, $${values.length - 2}, $${values.length - 1}, $${values.length}, $4)`;
    });
    const text =
      "INSERT INTO read_entry (tenant_id, id, at, account_id, actor, asked, object_kind, object_id, rows, request_id) VALUES " +
      rows.join(", ");
    const client = await this.app.connect();
    try {
      await client.query(`BEGIN; SET LOCAL app.tenant = '${settings["app.tenant"]}'`);
      await client.query({ name: `shown-${rows.length}`, text, values });
      await client.query("COMMIT");
    } finally {
      client.release();
    }
  }
}
