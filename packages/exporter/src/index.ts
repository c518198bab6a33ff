/**
 * An SCST as Prometheus metrics: a prom-client collector over any tree, the kernel's, a server's or one in this process.
 *
 * ```js
 * import { ScstCollector } from '@scst/exporter';
 * import { Scst } from '@scst/local';
 *
 * const scst = await Scst.open({ connect: 'embedded' });
 * const collector = new ScstCollector(scst);
 * const text = await collector.metrics();
 * console.log(text.includes('scst_target_sessions{driver="scst_local",target="scst_local_tgt"} 1')); // true
 * await collector.close();
 * await scst.close();
 * ```
 *
 * @packageDocumentation
 */
export { type CollectorOptions, LATENCY_BUCKETS, ScstCollector } from './collector.js';
export { ExporterError } from './errors.js';
export { type Family, type Sample, type Scraped } from './families/family.js';
export { FAMILIES } from './families/index.js';
export { type HandlerOptions, metricsHandler } from './http/handler.js';
export { isLoopback, type ListenAddress, type MetricsServer, parseListenAddress, serveMetrics, type ServeOptions } from './http/serve.js';
export { type NameLists } from './names.js';
export { type ObjectFilters, type ScrapeLimits } from './options.js';
export { connectSource, type ConnectedSource, type ScstSource } from './source.js';
export { type DeviceGroupSurvey, type DeviceSurvey, type DriverSurvey, type LunSetSurvey, type LunSurvey, type SessionLunSurvey, type SessionSurvey, type Survey, type TargetSurvey } from './survey/types.js';
