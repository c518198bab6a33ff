import { type ScstCore } from '@scst/core';
import { ExporterError, isLoopback, type ListenAddress, type MetricsServer, metricsHandler, parseListenAddress, ScstCollector, serveMetrics } from '@scst/exporter';
import { CliError, usageError } from '../errors.js';

/** An address from `--metrics`. There is neither TLS nor a password here, so it is one that only this machine reaches. */
export const parseMetricsAddress = (text: string): ListenAddress => {
  const address = parse(text);
  if (isLoopback(address)) return address;
  throw usageError(`--metrics ${text}: other machines could reach that`, 'Give a loopback address, such as 127.0.0.1:9893; for others there is scst-exporter, which has TLS and passwords.');
};

const parse = (text: string): ListenAddress => {
  try {
    return parseListenAddress(text);
  } catch (error) {
    if (error instanceof ExporterError) throw usageError(`--metrics: ${error.message}`);
    throw error;
  }
};

/**
 * Serves a core's metrics for Prometheus.
 *
 * @throws CliError `FAILED` when it cannot listen there.
 */
export const startMetrics = async (core: ScstCore, address: ListenAddress): Promise<MetricsServer> => {
  const collector = new ScstCollector({ tree: core.tree, modules: core.modules });
  try {
    const server = await serveMetrics(metricsHandler(collector, { title: 'SCST in user space' }), address);
    return {
      ...server,
      close: async () => {
        await server.close();
        await collector.close();
      },
    };
  } catch (error) {
    await collector.close();
    const reason = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE' ? 'something else listens there' : String(error);
    throw new CliError('FAILED', `metrics cannot be served on ${address.host}:${address.port}: ${reason}`, { cause: error });
  }
};
