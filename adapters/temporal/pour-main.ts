// A process of its own for pouring: it takes as long and as much memory as the file is large, and the gateway's process must not wait.
// Arguments: the old file, the new one. Writes one line of JSON.
import { errorMessage } from '../../domain/errors.js';
import { pour, type PourAnswer } from './pour.js';

const [old = '', fresh = ''] = process.argv.slice(2);
process.stdout.write(`${JSON.stringify(answer())}\n`);

function answer(): PourAnswer {
  try {
    return pour(old, fresh);
  } catch (error) {
    return { kind: 'failed', reason: errorMessage(error) };
  }
}
