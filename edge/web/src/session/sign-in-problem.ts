import type { FieldProblem, Problem } from '../rest/problem';

const SENTENCES: Readonly<Partial<Record<string, string>>> = {
  CREDENTIALS_INVALID: 'The e-mail address or the password is wrong.',
  EMAIL_TAKEN: 'An account with this address exists. Sign in instead.',
  TOO_MANY_ATTEMPTS: 'Too many wrong passwords were tried at this account.',
  RATE_LIMITED: 'Too many requests came from here.',
  DEPENDENCY_UNAVAILABLE: 'The server cannot look up accounts at the moment. Try again shortly.',
};

/** Why signing in, registering or changing a password failed, for people. */
export function signInSentence(problem: Problem): string {
  if (problem.fields !== undefined) return 'Some of this is not as it has to be.';
  return SENTENCES[problem.reason ?? ''] ?? problem.message;
}

/** What is wrong with one field, as a sentence; absent where nothing is. */
export function fieldSentence(problem: Problem | undefined, field: string): string | undefined {
  const isOf = (violation: FieldProblem): boolean => violation.field === field;
  const description = problem?.fields?.find(isOf)?.description;
  return description && `${description.charAt(0).toUpperCase()}${description.slice(1)}.`;
}
