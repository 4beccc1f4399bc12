import type { RefusalReason } from '@tandem/contracts';

/** What a caller hears who cannot be connected. `company` is empty for a number that is nobody's. */
export function refusalSentence(reason: RefusalReason, company: string): string {
  const thanks = company ? `Thank you for calling ${company}.` : 'Hello.';
  switch (reason) {
    case 'unknown-number':
      return 'Hello. The number you have dialled is not in service. Please check the number and try again. Goodbye.';
    case 'closed':
      return `${thanks} We are closed at the moment. Please call again during our opening hours. Goodbye.`;
    case 'no-capacity':
      return `${thanks} All our lines are busy right now. We are sorry for that. Please try again in a few minutes. Goodbye.`;
    case 'caller-blocked':
    case 'caller-not-allowed':
      return `${thanks} This number cannot take your call. Goodbye.`;
    case 'budget-reached':
    case 'provider-unavailable':
    case 'agent-unavailable':
      return `${thanks} We cannot take your call right now because of a technical problem. We are sorry for that. Please try again later. Goodbye.`;
  }
}

/** What a caller hears whose conversation broke off through our fault. */
export const APOLOGY = 'We are sorry, we have a technical problem and cannot go on with this call. Please call us again in a moment. Goodbye.';
