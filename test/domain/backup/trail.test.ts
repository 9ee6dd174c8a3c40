import { describe, expect, it } from 'vitest';
import {
  describeForeign,
  describeTamper,
  isTampered,
  trailSchema,
  type Tamper,
} from '../../../domain/backup/trail.js';

const tamper: Tamper = {
  kind: 'rewound',
  old_head: 'a'.repeat(40),
  since: '2026-01-01T00:00:00.000Z',
  branch: 'nxs-recovery/home-1',
  token: 'as-it-is-0123456789ab',
};

const foreign = (n: number) => ({
  commit: String(n).repeat(40),
  at: '2026-01-01T00:00:00Z',
  author: 'Eve',
  subject: 'x'.repeat(100),
});

describe('a trail', () => {
  it('is tampered with when the branch did not only grow', () => {
    expect(isTampered({ kind: 'same' })).toBe(false);
    expect(isTampered({ kind: 'descends', commits: [], count: 0 })).toBe(false);
    for (const kind of ['rewound', 'gone', 'recreated'] as const) expect(isTampered({ kind })).toBe(true);
  });

  it('survives being written down', () => {
    const trail = { head: 'b'.repeat(40), tamper };
    expect(trailSchema.parse(JSON.parse(JSON.stringify(trail)))).toEqual(trail);
    expect(trailSchema.safeParse({ head: 'x' }).success).toBe(false);
  });
});

describe('what a person is told', () => {
  it.each(['rewound', 'gone', 'recreated'] as const)(
    'of a branch that is %s: what, where, how to go on',
    (kind) => {
      const told = describeTamper('o/r on github.com', 'main', { ...tamper, kind });
      expect(told).toMatch(/^TAMPERED: the branch main of o\/r on github.com /);
      for (const part of ['aaaaaaaaaaaa', tamper.branch, `--confirm ${tamper.token}`])
        expect(told).toContain(part);
      expect(describeTamper('o/r', null, { ...tamper, kind })).toMatch(/^TAMPERED: the branch of o\/r /);
    },
  );

  it('of foreign commits: each named, cut short, and how many more', () => {
    expect(describeForeign([], 0)).toBeNull();
    expect(describeForeign([foreign(1)], 1)).toMatch(/^1 foreign commit kept .*111111111111 "x{60}" by Eve$/);
    expect(describeForeign([foreign(1), foreign(2)], 9)).toMatch(/^9 foreign commits .*, and 7 more$/);
  });
});
