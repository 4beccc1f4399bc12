import { DialplanError } from '../dialplan/dialplan-error.ts';
import { callerId, channelFunction } from './channel-function.ts';
import { curl, curlOption } from './curl.ts';
import type { DialplanFunction, FunctionContext } from './dialplan-function.ts';
import { array, conditional, cut, filter, isNull, length, random, uriEncode } from './text-functions.ts';

const local: DialplanFunction = {
  read: (name, { channel }) => channel.variables.get(name),
  write: (name, value, { channel }) => channel.variables.setLocal(name, value),
};

/** The functions the simulator knows. Their names are case-sensitive, as in Asterisk. */
const FUNCTIONS: ReadonlyMap<string, DialplanFunction> = new Map([
  ['ARRAY', array],
  ['CALLERID', callerId],
  ['CHANNEL', channelFunction],
  ['CURL', curl],
  ['CURLOPT', curlOption],
  ['CUT', cut],
  ['FILTER', filter],
  ['IF', conditional],
  ['ISNULL', isNull],
  ['LEN', length],
  ['LOCAL', local],
  ['RAND', random],
  ['URIENCODE', uriEncode],
]);

/** @throws DialplanError for a function that is not supported, or not to be read */
export function readFunction(name: string, args: string, context: FunctionContext): Promise<string> {
  const read = FUNCTIONS.get(name)?.read;
  if (!read) throw new DialplanError(context.step, `\${${name}()} is not supported`);
  return Promise.resolve(read(args, context));
}

/** @throws DialplanError for a function that is not supported, or not to be written */
export function writeFunction(name: string, args: string, value: string, context: FunctionContext): void {
  const write = FUNCTIONS.get(name)?.write;
  if (!write) throw new DialplanError(context.step, `${name}() cannot be set`);
  write(args, value, context);
}
