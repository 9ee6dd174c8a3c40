// How failures leave the sandbox. The bundle is the same with and without encryption, so the worker says which it is by a mark that
// it sets before the bundle's code (workers/bundle.ts): plain messages are worth having where nothing is encrypted.
import { DefaultFailureConverter } from '@temporalio/common';

declare global {
  // Only `var` declares a property of globalThis.
  var nxsEncodesFailures: boolean | undefined;
}

/** Found by this name by the SDK. Messages and stack traces become a payload when payloads are encrypted. */
export const failureConverter = new DefaultFailureConverter({
  encodeCommonAttributes: globalThis.nxsEncodesFailures === true,
});
