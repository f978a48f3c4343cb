import { expect, it } from 'vitest';
import { issuingAuthority } from '../../../src/adapters/entra/authority.ts';

it.each([
  ['https://login.microsoftonline.com', 'https://login.microsoftonline.com'],
  ['https://login.microsoftonline.us/', 'https://login.microsoftonline.us'],
  ['https://login.chinacloudapi.cn/', 'https://login.partner.microsoftonline.cn'],
  ['http://127.0.0.1:9000', 'http://127.0.0.1:9000'],
])('tokens of %s say %s', (setting, expected) => {
  expect(issuingAuthority(setting)).toBe(expected);
});
