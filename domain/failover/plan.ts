// Who is asked, in which order. The order is made once per request; whether a provider may be called is asked again before
// each attempt, because the others' calls go on meanwhile (deltallm #247: A, A, A, B against a breaker that was open by then).
import type { Capability, FailoverRules, ProviderRules } from './provider.js';
import type { RequestFacts } from './request.js';

export interface PlanInput {
  readonly providers: readonly ProviderRules[];
  readonly failover: FailoverRules;
  readonly facts: RequestFacts;
  /** Provider that a switch puts first; null: none. */
  readonly switched: string | null;
  /** Providers that are silent past their limit at the moment: they go behind the others. */
  readonly suspects: ReadonlySet<string>;
  /** Uniform in [0, 1); for mode weighted. */
  readonly random: () => number;
}

export type Exclusion = 'pinned' | 'privacy' | 'unsupported' | 'other_model' | 'local_to_remote';

export interface Plan {
  readonly order: readonly ProviderRules[];
  readonly excluded: readonly { readonly name: string; readonly why: Exclusion }[];
}

/** By priority, then the cheaper one, then the name. */
export function byPolicy(providers: readonly ProviderRules[]): readonly ProviderRules[] {
  return [...providers].sort(
    (a, b) =>
      a.priority - b.priority ||
      (a.cost ?? Number.POSITIVE_INFINITY) - (b.cost ?? Number.POSITIVE_INFINITY) ||
      (a.name < b.name ? -1 : 1),
  );
}

/** Order of the candidates for one request, and who is left out and why. */
export function plan(input: PlanInput): Plan {
  const { providers, failover, facts } = input;
  const excluded: { name: string; why: Exclusion }[] = [];
  const keep = (list: readonly ProviderRules[], why: Exclusion, test: (each: ProviderRules) => boolean) =>
    list.filter((each) => {
      if (test(each)) return true;
      excluded.push({ name: each.name, why });
      return false;
    });
  let order = failover.mode === 'weighted' ? drawn(providers, input.random) : byPolicy(providers);
  if (facts.only !== null) order = keep(order, 'pinned', ({ name }) => name === facts.only);
  if (facts.localOnly) order = keep(order, 'privacy', ({ location }) => location === 'local');
  order = keep(order, 'unsupported', (each) => supports(each, facts));
  if (facts.model !== null) order = first(order, (each) => isWished(each, facts));
  if (input.switched !== null) order = first(order, ({ name }) => name === input.switched);
  if (facts.kind === 'embeddings') order = keep(order, 'other_model', sameModel(order, facts));
  const stays = failover.localToRemote === 'forbid' && order[0]?.location === 'local';
  if (stays) order = keep(order, 'local_to_remote', ({ location }) => location === 'local');
  return { order: [...first(order, ({ name }) => !input.suspects.has(name))], excluded };
}

/** Model that a provider is asked for embeddings with. */
export function embeddingModel(provider: ProviderRules, facts: RequestFacts): string {
  const own = modelOfVectors(provider);
  return facts.model === null || facts.model === provider.name || declares(provider) ? own : facts.model;
}

/** Model that a provider is asked for with this request; `auto-detect` is for the caller to find out. */
export function modelFor(provider: ProviderRules, facts: RequestFacts): string {
  return facts.kind === 'embeddings' ? embeddingModel(provider, facts) : provider.model;
}

/** Can this request be asked for as a stream there? */
export function canStream({ supports: can }: ProviderRules, { kind }: RequestFacts): boolean {
  return kind !== 'embeddings' && (can?.includes('stream') ?? true);
}

/** Could a provider with this context answer what the other one found too long? Unknown counts as yes. */
export function hasLargerContext(candidate: ProviderRules, failed: ProviderRules): boolean {
  if (candidate.contextLength === null || failed.contextLength === null) return true;
  return candidate.contextLength > failed.contextLength;
}

/** Called by its name, or by the model that it would answer this kind of request with. */
function isWished(provider: ProviderRules, { kind, model }: RequestFacts): boolean {
  const own = kind === 'embeddings' ? modelOfVectors(provider) : provider.model;
  return provider.name === model || own === model;
}

function supports({ supports: can }: ProviderRules, facts: RequestFacts): boolean {
  if (can === null) return true;
  const needed: readonly Capability[] = [facts.kind, ...facts.needs];
  return needed.every((each) => can.includes(each));
}

/** Stable: those that match go first. */
function first(
  order: readonly ProviderRules[],
  match: (each: ProviderRules) => boolean,
): readonly ProviderRules[] {
  const head = order.filter(match);
  if (head.length === 0 || head.length === order.length) return order;
  return [...head, ...order.filter((each) => !match(each))];
}

/**
 * Vectors of different models cannot be compared, so only providers with the model of the first one stay. What two
 * providers have loaded (`auto-detect`) need not be the same.
 */
function sameModel(order: readonly ProviderRules[], facts: RequestFacts): (each: ProviderRules) => boolean {
  const head = order[0];
  if (head === undefined) return () => false;
  const serves = order.filter((each) => declares(each) && modelOfVectors(each) === facts.model);
  const leader = serves[0] ?? head;
  const model = embeddingModel(leader, facts);
  return (each) => each === leader || (model !== 'auto-detect' && embeddingModel(each, facts) === model);
}

function modelOfVectors({ embeddingModel: own, model }: ProviderRules): string {
  return own ?? model;
}

/** It says which model its embeddings come from. */
function declares({ embeddingModel: own, supports: can }: ProviderRules): boolean {
  return own !== null || (can?.includes('embeddings') ?? false);
}

/** Weighted draw without putting back. */
function drawn(providers: readonly ProviderRules[], random: () => number): readonly ProviderRules[] {
  const left = [...byPolicy(providers)];
  const order: ProviderRules[] = [];
  while (left.length > 0) {
    let at = random() * left.reduce((sum, { weight }) => sum + weight, 0);
    const index = left.findIndex(({ weight }) => (at -= weight) < 0);
    order.push(...left.splice(index === -1 ? left.length - 1 : index, 1));
  }
  return order;
}
