// The rule is the domain's, since logs obey it too; commands know it by this name.
export { printable } from '../domain/printable.js';
