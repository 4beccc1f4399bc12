type Environment = Readonly<Record<string, string>>;

/** Returns the address of the talk page; null where call-ingress does not serve it with these settings. */
export function talkUrlOf(
  { TALK_PAGE, PUBLIC_BASE_URL, ASTERISK_SECRET }: Environment,
  ingressUrl: string,
): string | null {
  const isOn = TALK_PAGE ? TALK_PAGE === 'on' : !PUBLIC_BASE_URL && !ASTERISK_SECRET;
  // Browsers give a page of this machine a microphone without TLS.
  return isOn ? `${PUBLIC_BASE_URL || ingressUrl.replace('127.0.0.1', 'localhost')}/talk` : null;
}
