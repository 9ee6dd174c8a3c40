// The pax global header that `git archive` puts first: a record `comment=<commit>`. tar-stream reads such and writes none.

/** Header and data block, 1,024 bytes. */
export function globalHeader(commit: string): Buffer {
  const record = Buffer.from(`52 comment=${commit}\n`);
  const header = Buffer.alloc(512);
  header.write('pax_global_header', 0);
  header.write('0000666\0' + '0000000\0'.repeat(2), 100);
  header.write(`${record.length.toString(8).padStart(11, '0')}\0`, 124);
  header.write('00000000000\0', 136);
  header.write('        g', 148);
  header.write('ustar\0' + '00', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([header, record, Buffer.alloc(512 - record.length)]);
}
