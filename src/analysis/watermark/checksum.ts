/**
 * CRC-24 as RFC 9580, 6.1 defines it (polynomial 0x864CFB, start 0xB704CE): one wrong decoding in 16.7 million
 * passes it by chance. The start value is not zero, so an all-zero reading never passes.
 */
export const checksum24 = (bytes: Uint8Array): number => {
  let crc = 0xb704ce;
  for (const byte of bytes) {
    crc ^= byte << 16;
    for (let bit = 0; bit < 8; bit += 1) {
      crc <<= 1;
      if (crc & 0x1000000) crc ^= 0x1864cfb;
    }
  }
  return crc & 0xffffff;
};
