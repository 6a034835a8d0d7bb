/** The words and signs of the language. */
import type { TokenType } from 'chevrotain';
import { createToken, Lexer } from './chevrotain.js';

/** Anything that may stand where a name is wanted: identifiers and soft keywords. */
export const Name = createToken({ name: 'Name', pattern: Lexer.NA, label: 'a name' });
/** Operators between two operands. */
export const BinarySign = createToken({ name: 'BinarySign', pattern: Lexer.NA, label: 'an operator' });
export const PrefixSign = createToken({ name: 'PrefixSign', pattern: Lexer.NA, label: 'an operator' });

export const Identifier = createToken({
  name: 'Identifier',
  pattern: /[A-Za-z_]\w*/,
  label: 'a name',
  categories: [Name],
});

const keywordTypes = new Map<string, TokenType>();

function keyword(word: string, categories: TokenType[] = []): TokenType {
  const name = `${word[0]?.toUpperCase()}${word.slice(1)}`;
  const type = createToken({ name, pattern: word, label: `\`${word}\``, longer_alt: Identifier, categories });
  keywordTypes.set(word, type);
  return type;
}
const soft = (word: string) => keyword(word, [Name]);

function sign(name: string, text: string, categories: TokenType[] = []): TokenType {
  return createToken({ name, pattern: text, label: `\`${text}\``, categories });
}

// ── Keywords ─────────────────────────────────────────────────────────────────────────────────────────────────

export const Use = keyword('use');
export const Fn = keyword('fn');
export const Net = keyword('net');
export const Model = keyword('model');
export const Let = keyword('let');
export const Repeat = keyword('repeat');
export const Minimize = keyword('minimize');
export const If = keyword('if');
export const Then = keyword('then');
export const Else = keyword('else');
export const True = keyword('true');
export const False = keyword('false');
export const And = keyword('and', [BinarySign]);
export const Or = keyword('or', [BinarySign]);
export const Not = keyword('not', [PrefixSign]);

export const Contrastive = soft('contrastive');
export const Noncontrastive = soft('noncontrastive');
export const Masking = soft('masking');
export const Regularizer = soft('regularizer');
export const Dataset = soft('dataset');
export const Train = soft('train');
export const Evaluate = soft('evaluate');
export const Compare = soft('compare');
export const Data = soft('data');
export const View = soft('view');
export const Mask = soft('mask');
export const Encoder = soft('encoder');
export const Param = soft('param');
export const Energy = soft('energy');
export const Representation = soft('representation');
export const Of = soft('of');
export const Over = soft('over');
export const On = soft('on');
export const In = soft('in');
export const For = keyword('for');
export const Where = soft('where');
export const State = soft('state');
export const After = soft('after');
export const Step = soft('step');
export const Before = soft('before');
export const Epoch = soft('epoch');
/** `min z ...`, `softmin z ...`: functions too, so that only a name after them makes them words of the language. */
export const Min = soft('min');
export const Softmin = soft('softmin');
export const Argmin = soft('argmin');
export const From = soft('from');
export const At = soft('at');
export const By = soft('by');

// ── Literals ─────────────────────────────────────────────────────────────────────────────────────────────────

export const NumberLiteral = createToken({
  name: 'NumberLiteral',
  pattern: /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?%?/,
  label: 'a number',
});
export const StringLiteral = createToken({
  name: 'StringLiteral',
  pattern: /"(?:[^"\\\r\n]|\\[^\r\n])*"/,
  label: 'a string',
});
/** Reported by the lexing stage, then read as a string that ends with its line. */
export const UnclosedString = createToken({
  name: 'UnclosedString',
  pattern: /"(?:[^"\\\r\n]|\\[^\r\n])*\\?/,
  categories: [StringLiteral],
});
/** Never in a text: put where an expression could not be read, so that the rest of its statement survives. */
export const MissingMark = createToken({ name: 'MissingMark', pattern: Lexer.NA, label: 'nothing' });

// ── Signs ────────────────────────────────────────────────────────────────────────────────────────────────────

export const Ellipsis = sign('Ellipsis', '...');
export const Range = sign('Range', '..', [BinarySign]);
export const Dot = sign('Dot', '.');
export const Pipe = sign('Pipe', '|>');
export const Arrow = sign('Arrow', '->', [BinarySign]);
export const EqualEqual = sign('EqualEqual', '==', [BinarySign]);
export const NotEqual = sign('NotEqual', '!=', [BinarySign]);
export const LessEqual = sign('LessEqual', '<=', [BinarySign]);
export const GreaterEqual = sign('GreaterEqual', '>=', [BinarySign]);
export const Less = sign('Less', '<', [BinarySign]);
export const Greater = sign('Greater', '>', [BinarySign]);
export const Equals = sign('Equals', '=');
export const Join = sign('Join', '++', [BinarySign]);
export const Plus = sign('Plus', '+', [BinarySign]);
export const Minus = sign('Minus', '-', [BinarySign, PrefixSign]);
/** A `-` that begins a line inside `{ }`: it begins a new expression, so it is never an operator between two. */
export const LeadingMinus = createToken({
  name: 'LeadingMinus',
  pattern: Lexer.NA,
  label: '`-`',
  categories: [PrefixSign],
});
export const Times = sign('Times', '*', [BinarySign]);
export const Divide = sign('Divide', '/', [BinarySign]);
export const Power = sign('Power', '^', [BinarySign]);
export const LeftParen = sign('LeftParen', '(');
export const RightParen = sign('RightParen', ')');
export const LeftSquare = sign('LeftSquare', '[');
export const RightSquare = sign('RightSquare', ']');
export const LeftBrace = sign('LeftBrace', '{');
export const RightBrace = sign('RightBrace', '}');
export const Comma = sign('Comma', ',');
export const Colon = sign('Colon', ':');
/** Not part of the language: reported once a run and dropped. */
export const Semicolon = sign('Semicolon', ';');

/** One code of each group of codes by which chevrotain looks up what may begin a token. */
const anyCode = [
  ...Array(256).keys(),
  ...Array.from({ length: 512 }, (_, i) => 256 + i * 128).filter((code) => code < 65536),
];
/** A run of characters that begin nothing: reported and dropped. */
export const Stray = createToken({
  name: 'Stray',
  pattern: /(?:[^\s\w"+\-*/^=<>(){}[\],.:;|!]|\|(?!>)|!(?!=))+/,
  line_breaks: false,
  start_chars_hint: anyCode,
});

const Space = createToken({ name: 'Space', pattern: /[\s\uFEFF]+/, group: Lexer.SKIPPED, line_breaks: true });
const CommentText = createToken({ name: 'CommentText', pattern: /\/\/[^\r\n]*/, group: 'comments' });

export const allTokens: TokenType[] = [
  Space,
  CommentText,
  Name,
  BinarySign,
  PrefixSign,
  ...keywordTypes.values(),
  Identifier,
  NumberLiteral,
  StringLiteral,
  UnclosedString,
  MissingMark,
  Ellipsis,
  Range,
  Dot,
  Pipe,
  Arrow,
  EqualEqual,
  NotEqual,
  LessEqual,
  GreaterEqual,
  Less,
  Greater,
  Equals,
  Join,
  Plus,
  Minus,
  LeadingMinus,
  Times,
  Divide,
  Power,
  LeftParen,
  RightParen,
  LeftSquare,
  RightSquare,
  LeftBrace,
  RightBrace,
  Comma,
  Colon,
  Semicolon,
  Stray,
];

export const keywords: ReadonlyMap<string, TokenType> = keywordTypes;

/** The two words that begin what changes states: `after step`, `before epoch`. */
export const updateMoments: ReadonlyMap<TokenType, TokenType> = new Map([
  [After, Step],
  [Before, Epoch],
]);
