// What the laws are checked against: the shipped gate, or one that is wrong in one place.
import {
  decide,
  expire,
  openGate,
  withdraw,
  type Decided,
  type Decision,
  type Gate,
} from '../../../../domain/gate/gate.js';

export interface Machine {
  readonly decide: (gate: Gate, decision: Decision) => Decided;
  readonly expire: (gate: Gate, now: number) => Gate;
  readonly withdraw: (gate: Gate, now: number, reason: string) => Gate;
}

export const SHIPPED: Machine = { decide, expire, withdraw };

export { openGate };
