// Imported first and alone by every entry point, in syntax that an old Node can still parse:
// otherwise a person with Node 16 sees a stack of syntax errors instead of one sentence.
const LEAST = [20, 3];
const parts = process.versions.node.split('.').map(Number);

if (parts[0] < LEAST[0] || (parts[0] === LEAST[0] && parts[1] < LEAST[1])) {
  process.stderr.write(
    'nxs: Node ' +
      process.versions.node +
      ' is too old: install Node ' +
      LEAST.join('.') +
      ' or newer (https://nodejs.org).\n',
  );
  process.exit(2);
}
