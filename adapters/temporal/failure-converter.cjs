// Messages and stack traces of failures as a payload, so that they are encrypted like all else. CommonJS, because the SDK loads it
// by require(), which takes no ES module in the older Nodes that we support. Workflow code has one of its own:
// workflows/failure-converter.ts.
const { DefaultFailureConverter } = require('@temporalio/common');

exports.failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
