/** Injection token: the folder of the built page. */
export const CONSOLE_FOLDER = Symbol('CONSOLE_FOLDER');
