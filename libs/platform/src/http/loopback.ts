const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** Returns whether the host of a URL is this machine by its form. */
export const isLoopbackHost = (hostname: string): boolean => LOOPBACK.test(hostname);
