import { randomInt } from 'node:crypto';
import { splitArguments } from '../dialplan/arguments.ts';
import { DialplanError } from '../dialplan/dialplan-error.ts';
import type { DialplanFunction } from './dialplan-function.ts';

/** `Set(ARRAY(a,b,c)=x,y)`: values by position; names without a value become empty. */
export const array: DialplanFunction = {
  write: (names, value, { channel }) => {
    const values = splitArguments(value);
    for (const [index, name] of splitArguments(names).entries())
      channel.variables.set(name.trim(), values[index] ?? '');
  },
};

/** `CUT(variable[,delimiter[,fields]])`: the variable is named, not given; fields count from 1. */
export const cut: DialplanFunction = {
  read: (args, { channel, step }) => {
    const [name = '', delimiter = '-', range = '1'] = splitArguments(args);
    const match = /^(\d+)(-)?(\d+)?$/.exec(range);
    if (!match) throw new DialplanError(step, `CUT() with fields "${range}" is not supported`);
    const parts = channel.variables.get(name).split(delimiter === '' ? '-' : delimiter);
    const from = Number(match[1]);
    const to = match[2] === undefined ? from : Number(match[3] ?? parts.length);
    return parts.slice(from - 1, to).join(delimiter);
  },
};

/** `IF(condition?yes:no)`. */
export const conditional: DialplanFunction = {
  read: (args, { step }) => {
    const match = /^([^?]*)\?((?:"[^"]*"|[^:])*)(?::(.*))?$/s.exec(args);
    if (!match) throw new DialplanError(step, `IF(${args}) is not understood`);
    const condition = (match[1] ?? '').trim();
    const chosen = condition !== '' && condition !== '0' ? match[2] : match[3];
    return (chosen ?? '').replaceAll('"', '');
  },
};

export const isNull: DialplanFunction = { read: (value) => (value === '' ? '1' : '0') };

/** Leaves letters, digits and `-_.~*'()` as they are (`ast_uri_encode` with `ast_uri_http`). */
export const uriEncode: DialplanFunction = {
  read: (value) => encodeURIComponent(value).replaceAll('!', '%21'),
};

/** `FILTER(allowed,text)`: keeps the allowed characters only; ranges such as `0-9` are written out. */
export const filter: DialplanFunction = {
  read: (args, { step }) => {
    const [allowed = '', ...rest] = splitArguments(args);
    if (allowed === '') throw new DialplanError(step, 'FILTER() needs the characters that stay');
    const kept = new RegExp(`[^${allowed.replace(/[\\\]^]/g, '\\$&')}]`, 'g');
    return rest.join(',').replace(kept, '');
  },
};

/** `RAND(least,most)`. */
export const random: DialplanFunction = {
  read: (args, { step }) => {
    const [least = NaN, most = NaN] = splitArguments(args).map(Number);
    if (!(least <= most)) throw new DialplanError(step, `RAND(${args}) is not supported`);
    return String(randomInt(least, most + 1));
  },
};

export const length: DialplanFunction = { read: (value) => String(value.length) };
