// The faults that a soak knows: whom they hit, how long, how often, and what nobody else may touch meanwhile.

export const NODES = ['home', 'cloud'] as const;
export type NodeName = (typeof NODES)[number];

export const PROVIDERS = ['alpha', 'beta', 'gamma'] as const;

export const GROUPS = ['processes', 'providers', 'hub', 'backup', 'services', 'people'] as const;
export type GroupName = (typeof GROUPS)[number];

export interface FaultSpec {
  readonly kind: string;
  readonly group: GroupName;
  /** One is drawn. */
  readonly targets: readonly string[];
  /** How often, beside the others. */
  readonly weight: number;
  /** Seconds in force, at least and at most; 0: it is over at once. */
  readonly seconds: readonly [least: number, most: number];
  /** Seconds that what it hit is left alone afterwards. */
  readonly rest: number;
  /** What it needs for itself. */
  readonly claims: (target: string) => readonly string[];
  /** Share of the storm after which it does not begin any more, by target; left out: the whole. */
  readonly until?: (target: string) => number;
}

/**
 * The processes of `cloud` are not killed after this share of the storm: what grows slowly shows only in a process that grows old.
 * Those of `home` are killed all the time.
 */
const CLOUD_DIES_UNTIL = 0.25;
const whileYoung = (target: string) => (target === 'cloud' ? CLOUD_DIES_UNTIL : 1);

type Short = Pick<FaultSpec, 'kind' | 'weight' | 'seconds'> & Partial<FaultSpec>;

function inGroup(
  group: GroupName,
  targets: readonly string[],
  rest: number,
  claims: FaultSpec['claims'],
  specs: readonly Short[],
): readonly FaultSpec[] {
  return specs.map((spec) => ({ group, targets, rest, claims, ...spec }));
}

export const CATALOGUE: readonly FaultSpec[] = [
  ...inGroup('processes', NODES, 45, (node) => [`processes:${node}`], [
    { kind: 'worker-killed', weight: 4, seconds: [0, 0], until: whileYoung },
    { kind: 'engine-killed', weight: 3, seconds: [0, 0] },
    { kind: 'supervisor-killed', weight: 2, seconds: [1, 5], until: whileYoung },
    { kind: 'all-restarted', weight: 1, seconds: [1, 5], until: whileYoung },
    { kind: 'worker-stopped', weight: 3, seconds: [3, 20] },
    { kind: 'engine-stopped', weight: 2, seconds: [3, 15] },
    { kind: 'supervisor-stopped', weight: 2, seconds: [2, 8] },
  ]),
  ...inGroup('providers', PROVIDERS, 8, (name) => [`provider:${name}`], [
    { kind: 'provider-refused', weight: 3, seconds: [5, 40] },
    { kind: 'provider-error', weight: 3, seconds: [5, 40] },
    { kind: 'provider-hang', weight: 3, seconds: [5, 40] },
    { kind: 'provider-slow', weight: 2, seconds: [5, 40] },
    { kind: 'provider-rate-limited', weight: 3, seconds: [5, 40] },
    { kind: 'provider-cut-before-content', weight: 2, seconds: [5, 30] },
    { kind: 'provider-cut-after-content', weight: 2, seconds: [5, 30] },
  ]),
  ...inGroup('hub', NODES, 15, (node) => [`hub:${node}`], [
    { kind: 'hub-away', weight: 4, seconds: [5, 45] },
    {
      kind: 'hub-pushed',
      weight: 3,
      seconds: [0, 0],
      targets: ['hub'],
      rest: 5,
      claims: () => ['hub:pushes'],
    },
    {
      kind: 'hub-set-back',
      weight: 4,
      seconds: [0, 0],
      targets: ['hub'],
      rest: 60,
      claims: () => ['hub:home', 'hub:cloud', 'hub:pushes', 'processes:home', 'processes:cloud'],
      until: () => 0.8,
    },
  ]),
  ...inGroup('backup', NODES, 10, (node) => [`local:${node}`], [
    { kind: 'copy-flipped', weight: 3, seconds: [0, 0] },
    { kind: 'copy-deleted', weight: 2, seconds: [0, 0] },
  ]),
  ...inGroup('backup', ['home'], 10, () => ['github'], [
    { kind: 'github-rotten', weight: 2, seconds: [0, 0] },
    { kind: 'github-lost', weight: 1, seconds: [0, 0] },
    { kind: 'github-5xx', weight: 2, seconds: [10, 40] },
    { kind: 'github-limited', weight: 2, seconds: [10, 40] },
    { kind: 'github-broken', weight: 2, seconds: [10, 40] },
    { kind: 'github-slow', weight: 1, seconds: [10, 40] },
  ]),
  ...inGroup('services', NODES, 20, (node) => [`web:${node}`], [
    { kind: 'service-killed', weight: 5, seconds: [0, 0] },
    { kind: 'service-hangs', weight: 2, seconds: [4, 20] },
  ]),
  ...inGroup('services', NODES, 20, (node) => [`till:${node}`], [
    // Only a harsh step helps, and it needs a person: given, denied, late, twice, by two at once.
    { kind: 'approval-needed', weight: 6, seconds: [0, 0] },
  ]),
  ...inGroup('people', NODES, 10, (node) => [`people:${node}`], [
    { kind: 'healing-paused', weight: 1, seconds: [10, 40] },
    { kind: 'provider-switched', weight: 2, seconds: [10, 40] },
    { kind: 'provider-reset', weight: 1, seconds: [0, 0] },
  ]),
];

/** Throws for a kind that does not exist. */
export function specOf(kind: string): FaultSpec {
  const found = CATALOGUE.find((spec) => spec.kind === kind);
  if (found === undefined) throw new Error(`there is no fault "${kind}"`);
  return found;
}
