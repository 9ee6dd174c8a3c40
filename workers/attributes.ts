// Search attributes that every workflow of ours starts with, so that the web UI can filter by node and kind.
import { defineSearchAttributeKey, TypedSearchAttributes } from '@temporalio/common';
import type { WorkflowKind } from '../domain/ids.js';

const NODE = defineSearchAttributeKey('NxsNode', 'KEYWORD');
const KIND = defineSearchAttributeKey('NxsKind', 'KEYWORD');

/** `NxsNode` and `NxsKind` of a workflow that is about to start. */
export function kindAttributes(node: string, kind: WorkflowKind): TypedSearchAttributes {
  return new TypedSearchAttributes([
    { key: NODE, value: node },
    { key: KIND, value: kind },
  ]);
}
