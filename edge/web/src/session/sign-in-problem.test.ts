import { describe, expect, it } from 'vitest';

import { fieldSentence, signInSentence } from './sign-in-problem';

const fields = [{ field: 'password', description: 'must be at least 8 bytes' }];

describe('a failure to sign in', () => {
  it.each([
    ['CREDENTIALS_INVALID', 'The e-mail address or the password is wrong.'],
    ['EMAIL_TAKEN', 'An account with this address exists. Sign in instead.'],
    ['TOO_MANY_ATTEMPTS', 'Too many wrong passwords were tried at this account.'],
  ])('for %s reads: %s', (reason, sentence) => {
    expect(signInSentence({ reason, message: '', temporary: false })).toBe(sentence);
  });

  it('for a reason newer than this page reads as the server says it', () => {
    const problem = { reason: 'MOON_PHASE', message: 'Not tonight.', temporary: false };
    expect(signInSentence(problem)).toBe('Not tonight.');
  });

  it('says of each field which rule it breaks', () => {
    const problem = { message: 'password: …', temporary: false, fields };
    expect(fieldSentence(problem, 'password')).toBe('Must be at least 8 bytes.');
    expect(fieldSentence(problem, 'email')).toBeUndefined();
    expect(fieldSentence(undefined, 'password')).toBeUndefined();
  });
});
