// Traces of one process, when nxs.yaml asks for them. What cannot be traced works all the same.
import type { Config } from '../../config/types.js';
import { errorMessage } from '../../domain/errors.js';
import type { Tracer } from '../../domain/telemetry.js';
import type { Logger } from '../log.js';
import { packageVersion } from '../package-version.js';

/** null: there are none, and nothing of OpenTelemetry is loaded. Never rejects. */
export async function openTracing(
  config: Pick<Config, 'node'> & { readonly nxs: Partial<Pick<Config['nxs'], 'telemetry'>> },
  process: string,
  log: Logger,
): Promise<Tracer | null> {
  const traces = config.nxs.telemetry?.traces;
  if (traces === undefined) return null;
  try {
    const { openTracer } = await import('../../adapters/telemetry/otlp.js');
    return await openTracer({
      url: traces.url,
      headers: traces.headers,
      sample: traces.sample,
      resource: {
        'service.name': `nxs-${process}`,
        'service.namespace': 'nxs-resilience',
        'service.version': packageVersion(),
        'service.instance.id': config.node,
      },
      onState(trouble) {
        if (trouble === null) log.info('the collector takes traces again');
        else log.warn({ reason: trouble }, 'the collector takes no traces; they are dropped until it does');
      },
    });
  } catch (error) {
    log.error({ reason: errorMessage(error) }, 'there will be no traces');
    return null;
  }
}
