// The process that runs one order. Whoever started it may be dead by now, so nothing is said to anybody: it stands in the fence.
import { runOrder } from './run-order.js';

const dir = process.argv[2];
if (dir !== undefined) await runOrder(dir, process.env);
