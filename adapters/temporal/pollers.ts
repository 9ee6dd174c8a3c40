// Who asks a task queue for work, as far as the server knows.
import type { Poller } from '../../domain/fleet/rivals.js';

// Number of temporal.api.enums.v1.TaskQueueType; the generated enum would pull the whole proto package in.
const WORKFLOW = 1;

/** What we need of the SDK's service. */
export interface QueueService {
  describeTaskQueue(request: object): Promise<{
    readonly pollers: readonly {
      readonly identity?: string | null;
      readonly lastAccessTime?: { readonly seconds?: unknown; readonly nanos?: number | null } | null;
    }[];
  }>;
}

/** Pollers of the last minutes. Rejects when Temporal does not answer. */
export async function pollersOf(
  service: QueueService,
  namespace: string,
  taskQueue: string,
): Promise<readonly Poller[]> {
  const request = { namespace, taskQueue: { name: taskQueue }, taskQueueType: WORKFLOW };
  const { pollers } = await service.describeTaskQueue(request);
  return pollers.map(({ identity, lastAccessTime: at }) => ({
    identity: identity ?? '',
    seen: Number(at?.seconds ?? 0) * 1000 + (at?.nanos ?? 0) / 1e6,
  }));
}
