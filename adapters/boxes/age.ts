// Encryption in the age format: any age can open what we write, with the key alone. The key file is looked at before the
// destination is used at all, so that no backup is made that nobody could read.
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { Decrypter, Encrypter } from 'age-encryption';
import { errnoOf, errorMessage, NxsError } from '../../domain/errors.js';
import type { BoxCodec } from './codec.js';
import { bech32Bytes } from './bech32.js';
import { piped } from './streams.js';

export interface AgeCodec extends BoxCodec {
  readonly kind: 'age';
}

export interface AgeOptions {
  /** X25519 public keys, `age1…`. */
  readonly recipients: readonly string[];
  /** File with the private key, `AGE-SECRET-KEY-1…`; mode 0600. */
  readonly identityFile: string;
}

/** What age begins every file with, armoured or not. */
const ENCRYPTED = /^(age-encryption\.org\/|-----BEGIN AGE ENCRYPTED FILE-----)/;
const NO_MATCH = /no identity matched/;

/** Throws NxsError CONFIG_INVALID, with one sentence, when keys are missing, unsafe or do not fit together. */
export function openAgeCodec({ recipients, identityFile }: AgeOptions): AgeCodec {
  const encrypter = new Encrypter();
  for (const recipient of recipients) {
    if (!/^age1[02-9ac-hj-np-z]{58}$/.test(recipient))
      throw invalid(`${JSON.stringify(recipient)} is not a recipient of age (age1…)`);
    addTo(() => encrypter.addRecipient(recipient), `${JSON.stringify(recipient)} is not a recipient of age`);
  }
  const identities = identitiesIn(identityFile);
  const decrypter = new Decrypter();
  for (const identity of identities) {
    addTo(
      () => decrypter.addIdentity(identity),
      `a key in ${identityFile} (encryption.identity_file) is damaged`,
    );
  }
  const wanted = new Set(recipients.map(keyBytes));
  if (!identities.some((identity) => wanted.has(publicOf(identity)))) {
    throw invalid(
      `no key in ${identityFile} (encryption.identity_file) fits any of the recipients: you could never restore`,
    );
  }
  const damaged = (error: unknown): unknown =>
    error instanceof NxsError
      ? error
      : new NxsError('DESTINATION_UNREADABLE', `It cannot be decrypted: ${errorMessage(error)}.`);
  return {
    kind: 'age',
    encode: (plain) => piped(plain, (stream) => encrypter.encrypt(stream)),
    decode: (stored) => piped(stored, (stream) => decrypter.decrypt(stream), damaged),
    seal: (text) => encrypter.encrypt(text),
    async open(stored) {
      try {
        return { text: new TextDecoder('utf-8', { fatal: true }).decode(await decrypter.decrypt(stored)) };
      } catch (error) {
        if (!NO_MATCH.test(errorMessage(error))) throw error;
        return { stranger: `no key in ${identityFile} (encryption.identity_file) opens it` };
      }
    },
  };
}

function addTo(add: () => void, sentence: string): void {
  try {
    add();
  } catch {
    // The library's own words may quote the key.
    throw invalid(sentence);
  }
}

function identitiesIn(file: string): readonly string[] {
  const text = readPrivate(file).trim();
  if (ENCRYPTED.test(text)) {
    throw invalid(
      `${file} (encryption.identity_file) is protected by a passphrase, which nobody could type in a run: give a plain one, mode 0600`,
    );
  }
  const lines = text.split('\n').map((line) => line.trim());
  const found = lines.filter((line) => line.startsWith('AGE-SECRET-KEY-1'));
  if (found.length === 0) {
    throw invalid(`${file} (encryption.identity_file) holds no AGE-SECRET-KEY-1… (age-keygen makes one)`);
  }
  return found;
}

function readPrivate(file: string): string {
  try {
    if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0) {
      throw invalid(`${file} (encryption.identity_file) can be read by others: chmod 600 ${file}`);
    }
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof NxsError) throw error;
    const why = errnoOf(error) === 'ENOENT' ? 'is not there' : `cannot be read (${errorMessage(error)})`;
    throw invalid(`${file} (encryption.identity_file) ${why}`);
  }
}

function invalid(why: string): NxsError {
  return new NxsError('CONFIG_INVALID', why);
}

/** PKCS #8 around a raw X25519 scalar (RFC 8410). */
const PKCS8 = Buffer.from('302e020100300506032b656e04220420', 'hex');

/** The public key that belongs to an identity, in hex. */
function publicOf(identity: string): string {
  const der = Buffer.concat([PKCS8, Buffer.from(keyBytes(identity), 'hex')]);
  const key = createPublicKey(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }));
  return key.export({ format: 'der', type: 'spki' }).subarray(-32).toString('hex');
}

/** The 32 bytes of a key that age has taken (so its checksum is right), in hex. */
function keyBytes(text: string): string {
  return bech32Bytes(text).toString('hex');
}
