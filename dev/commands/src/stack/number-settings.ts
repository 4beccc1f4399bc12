/**
 * Behind the addresses of a number, as the README has it set up: the carrier asks again whatever goes wrong,
 * and waits for no answer longer than 5 s.
 */
export const NUMBER_SETTINGS = '#rc=2&rp=all&ct=2000&rt=5000';
