/** What the parser says went wrong, as data: chevrotain wants a string, so it travels as one. */
import type { IParserErrorMessageProvider, IRecognitionException, IToken, TokenType } from 'chevrotain';

export interface Mismatch {
  /** The name of the token type that was wanted, or of a part: `expression`, `type`, `member`, ... */
  readonly wanted: string;
  readonly rule: string;
  /** Its position is NaN at the end of the part that was read. */
  readonly found: IToken;
  readonly before: IToken | undefined;
  readonly twoBefore?: IToken | undefined;
  /** The rules being read, outermost first. */
  readonly rules: readonly string[];
  /** The word that begins what the part stands in, e.g. `minimize`. */
  readonly inside?: string | undefined;
}

const encode = (wanted: string, rule: string) => `${wanted} ${rule}`;

export const messageProvider: IParserErrorMessageProvider = {
  buildMismatchTokenMessage: ({ expected, ruleName }) => encode(expected.name, ruleName),
  buildNotAllInputParsedMessage: ({ ruleName }) => encode('end', ruleName),
  buildNoViableAltMessage: ({ customUserDescription, expectedPathsPerAlt, ruleName }) =>
    encode(customUserDescription || firstToken(expectedPathsPerAlt), ruleName),
  buildEarlyExitMessage: ({ ruleName }) => encode('Name', ruleName),
};

const firstToken = (paths: TokenType[][][]) => paths[0]?.[0]?.[0]?.name ?? 'more';

export function readMismatch(
  error: IRecognitionException,
  before: IToken | undefined,
  twoBefore: IToken | undefined,
): Mismatch {
  const [wanted = 'more', rule = ''] = error.message.split(' ');
  return { wanted, rule, found: error.token, before, twoBefore, rules: error.context.ruleStack };
}
