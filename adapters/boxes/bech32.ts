// Keys of age are written in bech32. The library has checked them by then; here only their bytes are taken out.

const LETTERS = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const CHECKSUM = 6;

/** The bytes of a bech32 text whose checksum was checked. */
export function bech32Bytes(text: string): Buffer {
  const data = text.toLowerCase().slice(text.lastIndexOf('1') + 1, -CHECKSUM);
  const bytes: number[] = [];
  let bits = 0;
  let held = 0;
  for (const letter of data) {
    held = ((held << 5) | LETTERS.indexOf(letter)) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((held >> bits) & 0xff);
  }
  return Buffer.from(bytes);
}
