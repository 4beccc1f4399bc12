import { createHash, randomBytes } from 'node:crypto';

/* Tokens that stand for a person: 256 random bits, of which the database has the SHA-256 only. */

const TOKEN = /^[A-Za-z0-9_-]{43}$/;

export const generateToken = (): string => randomBytes(32).toString('base64url');

export const isToken = (text: string): boolean => TOKEN.test(text);

export const tokenHash = (token: string): Buffer => createHash('sha256').update(token).digest();
