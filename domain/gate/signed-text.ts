// What an approver signs (Ed25519, over the UTF-8 of exactly this text). One line for each value and each value in JSON: no value can
// add a line or stand for two, and whoever signs reads what he signs.

export interface SignedWords {
  readonly node: string;
  readonly incident: string;
  /** Id of the request. */
  readonly request: string;
  readonly planHash: string;
  readonly verdict: 'approve' | 'deny';
  /** As it is sent with the decision. */
  readonly by: string;
}

const FORMAT = 'nxs-approval-v1';

// JSON leaves these as they are, while editors break lines at some, and others hide or turn round what stands beside them. A fixed
// list and no class of Unicode: those grow, and an old signature has to stay good.
const UNSEEN = /[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** The text ends in a line break, as a text file does. Different words, different text. */
export function signedText({ node, incident, request, planHash, verdict, by }: SignedWords): string {
  const words = { node, incident, request, planHash, verdict, by };
  const lines = Object.entries(words).map(([key, value]) => `${key}: ${quoted(value)}`);
  return [FORMAT, ...lines, ''].join('\n');
}

function quoted(value: string): string {
  return JSON.stringify(value).replace(UNSEEN, escaped);
}

function escaped(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
