import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressKey } from './address-key.ts';

describe('the key of an address', () => {
  it('is the address itself for IPv4, also when written as IPv6', () => {
    expect(addressKey('203.0.113.9')).toBe('203.0.113.9');
    expect(addressKey('::ffff:203.0.113.9')).toBe('203.0.113.9');
  });

  it('is the first half of an IPv6 address, however it is shortened', () => {
    for (const written of [
      '2001:db8::1',
      '2001:0db8:0:0:ffff::2',
      '2001:DB8:0000::',
      '2001:db8:0:0:1:2:3:4%eth0',
    ])
      expect(addressKey(written)).toBe('2001:db8:0:0::/64');
    expect(addressKey('::1')).toBe('0:0:0:0::/64');
  });

  it('is shared by two IPv6 addresses exactly when their first 64 bits are equal', () => {
    const group = fc.integer({ min: 0, max: 0xffff });
    const groups = fc.array(group, { minLength: 8, maxLength: 8 });
    const write = (all: number[]) => all.map((one) => one.toString(16)).join(':');
    fc.assert(
      fc.property(groups, groups, fc.boolean(), (one, other, share) => {
        const second = share ? [...one.slice(0, 4), ...other.slice(4)] : other;
        const equal = one.slice(0, 4).join() === second.slice(0, 4).join();
        expect(addressKey(write(one)) === addressKey(write(second))).toBe(equal);
      }),
    );
  });
});
