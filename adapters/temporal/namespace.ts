import type { Client } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from '../../domain/ids.js';
import { errorMessage } from '../../domain/errors.js';

// Numbers of temporal.api.enums.v1.IndexedValueType; the generated enum would pull the whole proto package in.
const VALUE_TYPES = { Keyword: 2, Int: 3, Bool: 5 } as const;

const DAY_S = 24 * 60 * 60;

/** Keeps finished workflows for `days`; says nothing to the server when it is so already. */
export async function ensureRetention(client: Client, days: number): Promise<void> {
  const { workflowService } = client.connection;
  const namespace = client.options.namespace;
  const { config } = await workflowService.describeNamespace({ namespace });
  if (Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0) === days * DAY_S) return;
  await workflowService.updateNamespace({
    namespace,
    config: { workflowExecutionRetentionTtl: { seconds: (days * DAY_S) as never } },
  });
}

/**
 * Registers the search attributes that the namespace lacks. Returns null, or one sentence for the log when
 * we may not: workflows cannot be started with them then, which the server says at the first start.
 */
export async function ensureSearchAttributes(client: Client): Promise<string | null> {
  const namespace = client.options.namespace;
  try {
    const missing = await missingAttributes(client);
    if (missing.length === 0) return null;
    const searchAttributes = Object.fromEntries(
      missing.map((name) => [name, VALUE_TYPES[SEARCH_ATTRIBUTES[name]]]),
    );
    await operatorOf(client).addSearchAttributes({ namespace, searchAttributes });
    return null;
  } catch (error) {
    const names = Object.entries(SEARCH_ATTRIBUTES).map(([name, type]) => `${name}=${type}`);
    return `The search attributes ${names.join(', ')} could not be registered (${errorMessage(error)}); ask the cluster's owner to add them.`;
  }
}

/** Search attributes of ours that the namespace lacks. Throws what the client throws. */
export async function missingAttributes(
  client: Client,
): Promise<readonly (keyof typeof SEARCH_ATTRIBUTES)[]> {
  const { namespace } = client.options;
  const { customAttributes } = await operatorOf(client).listSearchAttributes({ namespace });
  const names = Object.keys(SEARCH_ATTRIBUTES) as readonly (keyof typeof SEARCH_ATTRIBUTES)[];
  return names.filter((name) => !(name in (customAttributes ?? {})));
}

function operatorOf(client: Client): OperatorService {
  return (client.connection as unknown as { readonly operatorService: OperatorService }).operatorService;
}

interface OperatorService {
  listSearchAttributes(request: {
    namespace: string;
  }): Promise<{ customAttributes?: Readonly<Record<string, unknown>> | null }>;
  addSearchAttributes(request: {
    namespace: string;
    searchAttributes: Readonly<Record<string, number>>;
  }): Promise<unknown>;
}
