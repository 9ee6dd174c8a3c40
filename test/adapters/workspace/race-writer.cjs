// A program that writes a file all the time, as careful editors do: into a temporary one, then exchanged with the file, so that it
// knows what it replaced. Prints one JSON document when its stdin ends. `node race-writer.cjs FILE ROOT`
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const { createRequire } = require('node:module');
const path = require('node:path');

const [file, root] = process.argv.slice(2);
const koffi = createRequire(path.join(root, 'package.json'))('koffi');
const rename = koffi.load(null).func('int renameat2(int, const char *, int, const char *, unsigned int)');
const temporary = `${file}.writer`;
const [entered, left, readings] = [[], [], { good: 0, absent: 0, mixed: 0 }];
let serial = 0;
let over = false;

function id(bytes) {
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}

function look() {
  try {
    const text = fs.readFileSync(file, 'utf8');
    readings[/^(writer|sync) \d+ (x*)\2$/.test(text) || text === 'start' ? 'good' : 'mixed'] += 1;
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    readings.absent += 1;
  }
}

function turn() {
  for (let each = 0; each < 20; each += 1) look();
  serial += 1;
  const bytes = Buffer.from(`writer ${serial} ${'x'.repeat(2 * (serial % 700))}`);
  fs.writeFileSync(temporary, bytes);
  if (rename(-100, temporary, -100, file, 2) === 0) {
    entered.push(id(bytes));
    left.push(id(fs.readFileSync(temporary)));
  }
  if (!over) setTimeout(turn, Math.random() * 15);
  else process.stdout.write(JSON.stringify({ entered, left, readings }), () => process.exit(0));
}

process.stdin.resume().on('end', () => (over = true));
process.stdout.write('ready\n', turn);
