import { isIP } from 'node:net';
import { z } from 'zod';

/* Value schemas of settings in several sections. */

export const port = z.coerce.number('must be a number').int().min(0).max(65_535);

export const wholeNumber = (least: number, most: number) =>
  z.coerce.number('must be a number').int().min(least).max(most);

export const url = (...protocols: string[]) =>
  z
    .string()
    .refine(
      (value) => URL.canParse(value) && protocols.includes(new URL(value).protocol.slice(0, -1)),
      `must be a URL starting with ${protocols.map((name) => `${name}://`).join(' or ')}`,
    )
    .transform((value) => value.replace(/\/+$/, ''));

/** Reads comma-separated text into its parts, without empty ones. */
export const commaList = z.string().transform((value) =>
  value
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean),
);

const PREFIX = /^\d{1,3}$/;
const LONGEST_PREFIX: Readonly<Record<number, number>> = { 4: 32, 6: 128 };

function isNetwork(text: string): boolean {
  const [address = '', prefix = '', ...others] = text.split('/');
  const most = address.includes('%') ? undefined : LONGEST_PREFIX[isIP(address)];
  return others.length === 0 && most !== undefined && PREFIX.test(prefix) && Number(prefix) <= most;
}

/** CIDR blocks, separated by commas. */
export const networkList = commaList.refine(
  (networks) => networks.every(isNetwork),
  'each must be an address and a prefix, such as 10.20.0.0/16',
);
