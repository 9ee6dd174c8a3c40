// The types of the public entry. Only api/ has any: its signatures name nothing but types of that folder, so each file's
// declaration can be made from that file alone.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SetUpError } from './say.mjs';

const FOLDER = 'api';

/**
 * @param {string} root
 * @public asked by tests through import()
 * @returns {Promise<readonly (readonly [string, string])[]>} path relative to dist/ and text of each .d.ts
 */
export async function declarationsOf(root) {
  const { default: ts } = await import('typescript');
  const names = readdirSync(join(root, FOLDER)).filter((name) => name.endsWith('.ts'));
  return names.sort().map((name) => {
    const { outputText, diagnostics = [] } = ts.transpileDeclaration(
      readFileSync(join(root, FOLDER, name), 'utf8'),
      {
        fileName: name,
        reportDiagnostics: true,
        compilerOptions: {
          target: ts.ScriptTarget.ES2023,
          module: ts.ModuleKind.NodeNext,
          strict: true,
          verbatimModuleSyntax: true,
        },
      },
    );
    const [first] = diagnostics;
    if (first !== undefined)
      throw new SetUpError(
        `${FOLDER}/${name}: ${ts.flattenDiagnosticMessageText(first.messageText, ' ')}`,
        1,
      );
    return [`${FOLDER}/${name.replace(/\.ts$/, '.d.ts')}`, outputText];
  });
}

/** Writes them beside the compiled files. @param {string} root */
export async function writeDeclarations(root) {
  for (const [path, text] of await declarationsOf(root)) {
    const file = join(root, 'dist', path);
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, text);
  }
}
