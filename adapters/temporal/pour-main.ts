// A process of its own for pouring: it takes as long and as much memory as the file is large, and the gateway's process must not wait.
// Arguments: the old file, the new one. Writes one line of JSON.
import { errorMessage } from '../../domain/errors.js';
import { pour } from './pour.js';

const [old = '', fresh = ''] = process.argv.slice(2);
try {
  process.stdout.write(`${JSON.stringify(pour(old, fresh))}\n`);
} catch (error) {
  process.stderr.write(`${errorMessage(error)}\n`);
  process.exitCode = 1;
}
