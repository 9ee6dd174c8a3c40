// Signed approvals: Ed25519 over the canonical text of domain/gate/signed-text.ts. The key pair is made by `nxs approver add`; the node
// only ever has the public half.
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import { findApprover } from '../../domain/gate/approvers.js';
import { signedText } from '../../domain/gate/signed-text.js';
import type { ApprovalRules } from '../../domain/healing/rules.js';
import type { SignatureInput } from '../../domain/healing/steps.js';

const PREFIX = 'ed25519:';
/** What stands before the 32 bytes of a public key in its DER form (RFC 8410). */
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');

type Signed = Omit<SignatureInput, 'signature'>;

/** `bad` also for a signature of somebody who has no key here: nobody can say whose it is. */
export function checkSignature(
  node: string,
  approvers: ApprovalRules['approvers'],
  { signature, ...signed }: SignatureInput,
): 'none' | 'good' | 'bad' {
  if (signature === null) return 'none';
  const key = findApprover(approvers, signed.by)?.key ?? null;
  if (key === null) return 'bad';
  try {
    const der = Buffer.concat([SPKI, Buffer.from(key.slice(PREFIX.length), 'base64')]);
    const publicKey = createPublicKey({ key: der, format: 'der', type: 'spki' });
    const text = Buffer.from(signedText({ node, ...signed }));
    return verify(null, text, publicKey, Buffer.from(signature, 'base64')) ? 'good' : 'bad';
  } catch {
    return 'bad';
  }
}

/** Base64. `pem`: the private key as `makeKey` gives it. Throws what Node throws for a text that is no key. */
export function signDecision(node: string, signed: Signed, pem: string): string {
  return sign(null, Buffer.from(signedText({ node, ...signed })), createPrivateKey(pem)).toString('base64');
}

/** A new pair: the private half as PEM, the public one as healing.yaml takes it. */
export function makeKey(): { readonly pem: string; readonly key: string } {
  const { privateKey } = generateKeyPairSync('ed25519');
  const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
  return { pem, key: publicOf(pem) };
}

/** The public half of a private key, as healing.yaml takes it. */
function publicOf(pem: string): string {
  const der = createPublicKey(createPrivateKey(pem)).export({ format: 'der', type: 'spki' });
  return PREFIX + der.subarray(SPKI.length).toString('base64');
}
