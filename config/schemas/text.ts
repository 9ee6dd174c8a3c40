// The kinds of text that several files share. Each says in words what it expects: the report prints it.
import { isAbsolute } from 'node:path';
import * as z from 'zod';

/** Mark of a path of this machine, in which `~` stands for the home directory. */
const PATH_MARK = 'nxs-path';

/** A name that people type on the command line and that stands in ids: letters, digits, dot, dash, underscore. */
export function name() {
  return z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, {
    error: 'expected a name of letters, digits, ".", "_" or "-" (at most 63)',
  });
}

/** Any text that is not empty. */
export function text() {
  return z.string().min(1, { error: 'expected a text that is not empty' });
}

/** A path of this machine: absolute after `~` was filled by the loader. */
export function localPath() {
  return z
    .string()
    .refine((value) => isAbsolute(value) && !value.includes('\0'), {
      error: 'expected an absolute path, or one that starts with ~/',
    })
    .meta({ format: PATH_MARK });
}

/** What git takes as a remote: a URL, HOST:PATH, or a path of this machine. */
export function gitRemote() {
  return text().meta({ format: PATH_MARK });
}

/** Does this schema hold a path of this machine? */
export function isPathSchema(schema: z.core.$ZodType): boolean {
  return z.globalRegistry.get(schema)?.['format'] === PATH_MARK;
}

/** Strips our own mark from generated JSON Schemas, where `format` has registered meanings. */
export function isPathMark(format: unknown): boolean {
  return format === PATH_MARK;
}

/** A path or glob inside the data directory (or inside a destination): relative, never leaving it. */
export function relativePath() {
  return z
    .string()
    .min(1, { error: 'expected a path that is not empty' })
    .refine((value) => !/^[/\\~]|^[A-Za-z]:/.test(value), {
      error: 'expected a path relative to the data directory (no leading "/" or "~")',
    })
    .refine((value) => !value.split(/[/\\]/).includes('..'), { error: 'expected a path without ".."' })
    .refine((value) => !value.includes('\0'), { error: 'expected a path without NUL bytes' });
}

/** `http://` or `https://` URL. */
export function httpUrl() {
  return z
    .string()
    .regex(/^https?:\/\/[^\s/]+/i, { error: 'expected a URL that starts with http:// or https://' })
    .refine((value) => URL.canParse(value), { error: 'expected a URL that can be parsed' });
}

/** HOST:PORT, with IPv6 addresses in brackets. */
export function hostPort() {
  return z.string().regex(/^(\[[0-9a-fA-F:.%]+\]|[^\s:/[\]]+):\d{1,5}$/, {
    error: 'expected HOST:PORT, for example "127.0.0.1:7233"',
  });
}

/** TCP port, 1 to 65535. */
export function port() {
  return z.int().min(1).max(65_535);
}

/** A command as a list of words: no shell takes part, so nothing in it is expanded. */
export function argv() {
  return z
    .array(z.string(), {
      error: 'expected a command as a list of words, for example ["systemctl", "restart", "x"]',
    })
    .min(1, { error: 'expected a command of at least one word' });
}
