// SCST's metrics in a program's own Express application, beside its own metrics, in its own registry.
//
//   node examples/metrics-in-express/main.mjs          shows one scrape and ends
//   PORT=9000 node examples/metrics-in-express/main.mjs  stays: http://127.0.0.1:9000/metrics
import { once } from 'node:events';
import { ScstCollector } from '@scst/exporter';
import { Scst } from '@scst/local';
import express from 'express';
import { Counter, Registry } from 'prom-client';

const scst = await Scst.open({ connect: process.env.SCST_LOCAL_CONNECT ?? 'embedded' });
const registry = new Registry();
const requests = new Counter({ name: 'shop_requests_total', help: 'Requests answered.', registers: [registry] });
// Registered once, it reads SCST whenever the registry is asked.
const collector = new ScstCollector(scst, { registers: [registry] });

const app = express();
app.use((_request, _response, next) => {
  requests.inc();
  next();
});
app.get('/metrics', async (_request, response) => {
  response.type(registry.contentType).send(await registry.metrics());
});

const server = app.listen(Number(process.env.PORT ?? 0), '127.0.0.1');
await once(server, 'listening');
const url = `http://127.0.0.1:${server.address().port}/metrics`;

if (process.env.PORT === undefined) {
  const text = await (await fetch(url)).text();
  for (const name of ['shop_requests_total', 'scst_up', 'scst_target_sessions{driver="scst_local"']) console.log(text.split('\n').find((line) => line.startsWith(name)));
  server.closeAllConnections();
  server.close();
  await collector.close();
  await scst.close();
} else {
  console.log(url);
}
