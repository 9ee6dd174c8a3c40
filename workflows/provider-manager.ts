// Owns switch and breaker state for as long as the node exists. The front decides in memory and reports here; what stands here
// outlives all of our processes. Nothing that anybody sends may fail it, and an idle night adds no event.
import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  condition,
  continueAsNew,
  isCancellation,
  setCurrentDetails,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import {
  parseConfigured,
  parseReset,
  parseSwitch,
  parseTypedSwitch,
  type Parsed,
  type SwitchRequest,
} from '../domain/failover/manager-messages.js';
import { describe, headline, summaryOf } from '../domain/failover/manager-status.js';
import { manage, newManager, snapshotOf, targetFor, type ManagerEvent } from '../domain/failover/manager.js';
import { failoverSnapshot } from '../domain/failover/snapshot.js';
import { reasonOf } from './failure.js';
import {
  configureSignal,
  managerStatusQuery,
  reportSignal,
  resetUpdate,
  snapshotQuery,
  switchSignal,
  switchUpdate,
  type ProviderManagerInput,
  type SwitchResult,
} from './messages.js';
import { now } from './phase.js';
import { atHand, watching } from './proxies.js';

/** After the monitor failed for good (it should not): no storm of restarts. */
const PAUSE_AFTER_FAILURE = '30 seconds';

/** Runs for ever, as one run after another. */
export async function providerManager(input: ProviderManagerInput): Promise<void> {
  let state = input.state ?? newManager(input.providers);
  let since = now();
  let reconfigured = false;
  let lastSwitch = 0;

  function apply(event: ManagerEvent): void {
    const next = manage(state, event);
    if (next === state) return;
    if (next.providers !== state.providers) reconfigured = true;
    state = next;
    since = now();
    setCurrentDetails(describe(state, Date.now()));
  }

  function note(text: string): void {
    apply({ kind: 'noted', text });
  }

  async function switchTo({ to: word, forMs, by }: SwitchRequest): Promise<SwitchResult> {
    const target = targetFor(state, word);
    if ('why' in target) throw refused(target.why);
    // Two at once must not share a stamp: the second would be told done and not be in force.
    const at = Math.max(Date.now(), state.switch.at + 1, lastSwitch + 1);
    lastSwitch = at;
    const next = { to: target.to, until: forMs === null || target.to === null ? null : at + forMs, at, by };
    const { order } = await atHand.applySwitch(next);
    apply({ kind: 'switched', switch: next });
    return { to: next.to, until: next.until === null ? null : new Date(next.until).toISOString(), order };
  }

  setHandler(managerStatusQuery, () => ({
    phase: 'watching',
    since,
    detail: headline(state, Date.now()),
    ...summaryOf(state, Date.now()),
  }));
  setHandler(snapshotQuery, () => snapshotOf(state));
  setHandler(configureSignal, (told) => {
    const parsed = parseConfigured(told);
    if ('why' in parsed) note(parsed.why);
    else apply({ kind: 'configured', providers: parsed.value });
  });
  setHandler(reportSignal, (report) => {
    const parsed = failoverSnapshot.safeParse((report as { readonly snapshot?: unknown } | null)?.snapshot);
    if (parsed.success) apply({ kind: 'reported', snapshot: parsed.data });
    else note('a report was not understood');
  });
  setHandler(switchSignal, async (typed) => {
    const parsed = parseTypedSwitch(typed);
    if ('why' in parsed) note(parsed.why);
    else await switchTo(parsed.value).catch((error: unknown) => note(reasonOf(error)));
  });
  setHandler(switchUpdate, (request) => switchTo(orRefuse(parseSwitch(request))), {
    validator(request) {
      const target = targetFor(state, orRefuse(parseSwitch(request)).to);
      if ('why' in target) throw refused(target.why);
    },
  });
  setHandler(
    resetUpdate,
    async (request) => {
      const { name } = orRefuse(parseReset(request));
      const { order } = await atHand.applyReset({ name });
      apply({ kind: 'reset', name, now: Date.now() });
      const { to, until } = summaryOf(state, Date.now()).switch ?? { to: null, until: null };
      return { to, until, order };
    },
    {
      validator(request) {
        const { name } = orRefuse(parseReset(request));
        const target = name === null ? { to: null } : targetFor(state, name);
        if ('why' in target || (name !== null && target.to !== name))
          throw refused('why' in target ? target.why : `There is no provider "${name ?? ''}".`);
      },
    },
  );
  setCurrentDetails(describe(state, Date.now()));

  let look = startLook();
  while (!workflowInfo().continueAsNewSuggested) {
    if (!(await newsOrExpiry(look))) {
      const { at, until } = state.switch;
      const end = Math.max(until ?? 0, at + 1);
      apply({ kind: 'switched', switch: { to: null, until: null, at: end, by: 'the end of its time' } });
    }
    if (!hasToLookAnew(look)) continue;
    look.scope.cancel();
    reconfigured = false;
    look = startLook();
  }
  await condition(allHandlersFinished);
  await continueAsNew<typeof providerManager>({ node: input.node, providers: state.providers, state });

  function hasToLookAnew({ over }: { readonly over: boolean }): boolean {
    return over || reconfigured;
  }

  /** False: the time of the switch is over. */
  function newsOrExpiry(watch: { readonly over: boolean }): Promise<boolean> {
    const { until } = state.switch;
    const due = () =>
      hasToLookAnew(watch) || state.switch.until !== until || workflowInfo().continueAsNewSuggested;
    return until === null ? condition(due).then(() => true) : condition(due, Math.max(1, until - Date.now()));
  }

  /** Watches until the health of a provider changes. */
  function startLook() {
    const started = { over: false, scope: new CancellationScope() };
    const names = state.providers.filter(({ configured }) => configured).map(({ name }) => name);
    const known = Object.fromEntries(Object.entries(state.health).map(([name, each]) => [name, each.state]));
    started.scope
      .run(async () => {
        if (names.length === 0) return condition(() => false);
        try {
          const { readings } = await watching.monitorProviders.executeWithOptions(
            { summary: `looks at ${names.join(', ')}` },
            [{ names, known }],
          );
          apply({ kind: 'looked', readings });
        } catch (error) {
          if (isCancellation(error)) throw error;
          note(`the health monitor failed: ${reasonOf(error)}`);
          await sleep(PAUSE_AFTER_FAILURE);
        }
      })
      .catch(() => undefined)
      .finally(() => {
        started.over = true;
      });
    return started;
  }
}

function orRefuse<T>(parsed: Parsed<T>): T {
  if ('why' in parsed) throw refused(parsed.why);
  return parsed.value;
}

/** Ends an update, never the workflow. */
function refused(why: string): ApplicationFailure {
  const failure = ApplicationFailure.create({ type: 'USAGE', message: why, nonRetryable: true });
  failure.stack = '';
  return failure;
}
