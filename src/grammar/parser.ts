/** The grammar. It reads one item, member or statement, or a whole module; recovery is `recover.ts`'s business. */
import type { IToken, TokenType } from 'chevrotain';
import { CstParser } from './chevrotain.js';
import { messageProvider } from './mismatch.js';
import * as t from './tokens.js';

const sameLine = (before: IToken, after: IToken) => before.startLine === after.startLine;

export class EbmParser extends CstParser {
  constructor(validate = false) {
    super(t.allTokens, {
      maxLookahead: 2,
      recoveryEnabled: false,
      nodeLocationTracking: 'onlyOffset',
      errorMessageProvider: messageProvider,
      skipValidations: !validate,
    });
    this.performSelfAnalysis();
  }

  // ── Items ──────────────────────────────────────────────────────────────────────────────────────────────────

  module = this.RULE('module', () => {
    this.MANY(() => this.SUBRULE(this.item));
  });

  item = this.RULE('item', () => {
    this.OR({
      DEF: [
        { ALT: () => this.SUBRULE(this.useItem) },
        { ALT: () => this.SUBRULE(this.fnItem) },
        { ALT: () => this.SUBRULE(this.netItem) },
        { ALT: () => this.SUBRULE(this.regularizerItem) },
        { ALT: () => this.SUBRULE(this.modelItem) },
        { ALT: () => this.SUBRULE(this.datasetItem) },
        { ALT: () => this.SUBRULE(this.trainItem) },
        { ALT: () => this.SUBRULE(this.evaluateItem) },
        { ALT: () => this.SUBRULE(this.compareItem) },
      ],
      ERR_MSG: 'item',
    });
  });

  useItem = this.RULE('useItem', () => {
    this.CONSUME(t.Use);
    this.AT_LEAST_ONE_SEP({ SEP: t.Dot, DEF: () => this.CONSUME(t.Name, { LABEL: 'path' }) });
    this.CONSUME(t.LeftBrace);
    this.MANY(() => {
      this.CONSUME2(t.Name, { LABEL: 'names' });
      this.OPTION(() => this.CONSUME(t.Comma));
    });
    this.CONSUME(t.RightBrace);
  });

  fnItem = this.RULE('fnItem', () => {
    this.CONSUME(t.Fn);
    this.CONSUME(t.Name);
    this.SUBRULE(this.parameters);
    this.OPTION(() => this.SUBRULE(this.resultType));
    this.SUBRULE(this.body);
  });

  netItem = this.RULE('netItem', () => {
    this.CONSUME(t.Net);
    this.CONSUME(t.Name);
    this.SUBRULE(this.parameters, { LABEL: 'settings' });
    this.SUBRULE2(this.parameters, { LABEL: 'inputs' });
    this.OPTION(() => this.SUBRULE(this.resultType));
    this.SUBRULE(this.body);
  });

  regularizerItem = this.RULE('regularizerItem', () => {
    this.OPTION(() =>
      this.OR([
        { ALT: () => this.CONSUME(t.Contrastive, { LABEL: 'family' }) },
        { ALT: () => this.CONSUME(t.Noncontrastive, { LABEL: 'family' }) },
        { ALT: () => this.CONSUME(t.Masking, { LABEL: 'family' }) },
      ]),
    );
    this.CONSUME(t.Regularizer);
    this.CONSUME(t.Name);
    this.SUBRULE(this.parameters);
    this.OPTION2(() => this.SUBRULE(this.resultType));
    this.SUBRULE(this.body);
  });

  modelItem = this.RULE('modelItem', () => {
    this.CONSUME(t.Model);
    this.CONSUME(t.Name);
    this.OPTION(() => this.SUBRULE(this.parameters));
    this.CONSUME(t.LeftBrace);
    this.MANY(() => {
      this.SUBRULE(this.member);
      this.OPTION2(() => this.CONSUME(t.Comma));
    });
    this.CONSUME(t.RightBrace);
  });

  datasetItem = this.RULE('datasetItem', () => {
    this.CONSUME(t.Dataset);
    this.CONSUME(t.Name);
    this.CONSUME(t.Equals);
    this.SUBRULE(this.expression);
    this.OPTION(() => this.SUBRULE(this.fields));
  });

  fields = this.RULE('fields', () => {
    this.CONSUME(t.LeftBrace);
    this.MANY({
      GATE: () => this.isSeparated(),
      DEF: () => {
        this.SUBRULE(this.field);
        this.OPTION(() => this.CONSUME(t.Comma));
      },
    });
    this.CONSUME(t.RightBrace);
  });

  field = this.RULE('field', () => {
    this.CONSUME(t.Name);
    this.CONSUME(t.Colon);
    this.SUBRULE(this.type);
    this.OPTION(() => this.SUBRULE(this.fields));
  });

  trainItem = this.RULE('trainItem', () => {
    this.CONSUME(t.Train);
    this.CONSUME(t.Name);
    this.OPTION(() => {
      this.CONSUME(t.On);
      this.SUBRULE(this.expression);
      this.MANY(() => {
        this.CONSUME(t.Then);
        this.SUBRULE2(this.expression, { LABEL: 'later' });
      });
    });
    this.OPTION2(() => this.SUBRULE(this.settings));
  });

  evaluateItem = this.RULE('evaluateItem', () => {
    this.CONSUME(t.Evaluate);
    this.CONSUME(t.Name);
    this.OPTION(() => {
      this.CONSUME(t.On);
      this.SUBRULE(this.expression);
    });
    this.OPTION2(() => this.SUBRULE(this.settings));
  });

  compareItem = this.RULE('compareItem', () => {
    this.CONSUME(t.Compare);
    this.AT_LEAST_ONE_SEP({
      SEP: t.Comma,
      DEF: () => this.SUBRULE(this.expression, { LABEL: 'competitors' }),
    });
    this.OPTION(() => {
      this.CONSUME(t.On);
      this.SUBRULE2(this.expression, { LABEL: 'place' });
      this.MANY(() => {
        this.CONSUME(t.Then);
        this.SUBRULE3(this.expression, { LABEL: 'later' });
      });
    });
    this.OPTION2(() => this.SUBRULE(this.settings));
  });

  settings = this.RULE('settings', () => {
    this.CONSUME(t.LeftBrace);
    this.MANY({
      GATE: () => this.isSeparated(),
      DEF: () => {
        this.SUBRULE(this.setting);
        this.OPTION(() => this.CONSUME(t.Comma));
      },
    });
    this.CONSUME(t.RightBrace);
  });

  setting = this.RULE('setting', () => {
    this.CONSUME(t.Name);
    this.CONSUME(t.Colon);
    this.SUBRULE(this.expression);
  });

  // ── Signatures ─────────────────────────────────────────────────────────────────────────────────────────────

  parameters = this.RULE('parameters', () => {
    this.CONSUME(t.LeftParen);
    this.OPTION(() => {
      this.SUBRULE(this.parameter);
      this.MANY(() => {
        this.CONSUME(t.Comma);
        this.SUBRULE2(this.parameter);
      });
      this.OPTION2(() => this.CONSUME2(t.Comma));
    });
    this.CONSUME(t.RightParen);
  });

  parameter = this.RULE('parameter', () => {
    this.CONSUME(t.Name);
    this.OPTION(() => {
      this.CONSUME(t.Colon);
      this.SUBRULE(this.type);
    });
    this.OPTION2(() => {
      this.CONSUME(t.Equals);
      this.SUBRULE(this.expression);
    });
  });

  resultType = this.RULE('resultType', () => {
    this.CONSUME(t.Arrow);
    this.SUBRULE(this.type);
  });

  type = this.RULE('type', () => {
    this.OR({
      DEF: [
        { ALT: () => this.SUBRULE(this.shape) },
        {
          ALT: () => {
            this.CONSUME(t.Name);
            this.OPTION({
              GATE: () => sameLine(this.LA(0), this.LA(1)),
              DEF: () => this.SUBRULE(this.list),
            });
          },
        },
        { ALT: () => this.CONSUME(t.MissingMark) },
      ],
      ERR_MSG: 'type',
    });
  });

  shape = this.RULE('shape', () => {
    this.CONSUME(t.LeftSquare);
    this.OPTION(() => {
      this.OR([{ ALT: () => this.CONSUME(t.Ellipsis) }, { ALT: () => this.SUBRULE(this.expression) }]);
      this.MANY(() => {
        this.CONSUME(t.Comma);
        this.SUBRULE2(this.expression);
      });
      this.OPTION2(() => this.CONSUME2(t.Comma));
    });
    this.CONSUME(t.RightSquare);
  });

  body = this.RULE('body', () => {
    this.OR({
      DEF: [
        {
          ALT: () => {
            this.CONSUME(t.Equals);
            this.SUBRULE(this.expression);
          },
        },
        { ALT: () => this.SUBRULE(this.block) },
      ],
      ERR_MSG: 'body',
    });
  });

  block = this.RULE('block', () => {
    this.CONSUME(t.LeftBrace);
    this.MANY({
      GATE: () => this.isSeparated() || this.isKeywordStatement(),
      DEF: () => {
        this.SUBRULE(this.statement);
        this.OPTION(() => this.CONSUME(t.Comma));
      },
    });
    this.CONSUME(t.RightBrace);
  });

  // ── Members and statements ─────────────────────────────────────────────────────────────────────────────────

  member = this.RULE('member', () => {
    this.OR({
      DEF: [
        { ALT: () => this.SUBRULE(this.dataMember) },
        { ALT: () => this.SUBRULE(this.viewMember) },
        { ALT: () => this.SUBRULE(this.maskMember) },
        { ALT: () => this.SUBRULE(this.encoderMember) },
        { ALT: () => this.SUBRULE(this.letStatement) },
        { ALT: () => this.SUBRULE(this.paramStatement) },
        { ALT: () => this.SUBRULE(this.stateStatement) },
        { ALT: () => this.SUBRULE(this.updateStatement) },
        { ALT: () => this.SUBRULE(this.fnItem) },
        { ALT: () => this.SUBRULE(this.energyMember) },
        { ALT: () => this.SUBRULE(this.minimizeMember) },
        { ALT: () => this.SUBRULE(this.representationMember) },
      ],
      ERR_MSG: 'member',
    });
  });

  dataMember = this.RULE('dataMember', () => {
    this.CONSUME(t.Data);
    this.CONSUME(t.Name);
    this.CONSUME(t.Colon);
    this.SUBRULE(this.type);
    this.OPTION(() => this.SUBRULE(this.fields));
  });

  viewMember = this.RULE('viewMember', () => {
    this.CONSUME(t.View);
    this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => this.SUBRULE(this.viewName) });
    this.CONSUME(t.Of);
    this.CONSUME2(t.Name, { LABEL: 'subject' });
    this.CONSUME(t.Equals);
    this.SUBRULE(this.expression);
  });

  viewName = this.RULE('viewName', () => {
    this.CONSUME(t.Name);
    this.OPTION(() => {
      this.CONSUME(t.LeftSquare);
      this.SUBRULE(this.expression);
      this.CONSUME(t.RightSquare);
    });
  });

  maskMember = this.RULE('maskMember', () => {
    this.CONSUME(t.Mask);
    this.CONSUME(t.Name, { LABEL: 'name' });
    this.CONSUME(t.Over);
    this.CONSUME2(t.Name, { LABEL: 'subject' });
    this.CONSUME(t.Equals);
    this.SUBRULE(this.expression);
  });

  encoderMember = this.RULE('encoderMember', () => {
    this.CONSUME(t.Encoder);
    this.CONSUME(t.Name);
    this.CONSUME(t.Equals);
    this.SUBRULE(this.expression);
  });

  energyMember = this.RULE('energyMember', () => {
    this.CONSUME(t.Energy);
    this.CONSUME(t.Name);
    this.SUBRULE(this.parameters, { LABEL: 'first' });
    this.OPTION(() => this.SUBRULE2(this.parameters, { LABEL: 'second' }));
    this.SUBRULE(this.body);
  });

  minimizeMember = this.RULE('minimizeMember', () => {
    this.CONSUME(t.Minimize);
    this.OPTION(() => {
      this.CONSUME(t.Over);
      this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => this.CONSUME(t.Name, { LABEL: 'over' }) });
    });
    this.SUBRULE(this.settings);
  });

  representationMember = this.RULE('representationMember', () => {
    this.CONSUME(t.Representation);
    this.SUBRULE(this.expression);
  });

  statement = this.RULE('statement', () => {
    this.OR({
      DEF: [
        { ALT: () => this.SUBRULE(this.letStatement) },
        { ALT: () => this.SUBRULE(this.repeatStatement) },
        { GATE: () => this.isName(2), ALT: () => this.SUBRULE(this.paramStatement) },
        { GATE: () => this.isName(2), ALT: () => this.SUBRULE(this.stateStatement) },
        { GATE: () => this.beginsUpdate(), ALT: () => this.SUBRULE(this.updateStatement) },
        { GATE: () => this.LA(2).tokenType === t.Equals, ALT: () => this.SUBRULE(this.assignStatement) },
        { ALT: () => this.SUBRULE(this.expression) },
      ],
      ERR_MSG: 'statement',
      IGNORE_AMBIGUITIES: true,
    });
  });

  letStatement = this.RULE('letStatement', () => {
    this.CONSUME(t.Let);
    this.CONSUME(t.Name);
    this.OPTION(() => {
      this.CONSUME(t.Colon);
      this.SUBRULE(this.type);
    });
    this.CONSUME(t.Equals);
    this.SUBRULE(this.expression);
  });

  paramStatement = this.RULE('paramStatement', () => {
    this.CONSUME(t.Param);
    this.CONSUME(t.Name);
    this.OPTION(() => {
      this.CONSUME(t.Colon);
      this.SUBRULE(this.type);
    });
    this.CONSUME(t.Equals);
    this.SUBRULE(this.expression);
  });

  assignStatement = this.RULE('assignStatement', () => {
    this.CONSUME(t.Name);
    this.CONSUME(t.Equals);
    this.SUBRULE(this.expression);
  });

  stateStatement = this.RULE('stateStatement', () => {
    this.CONSUME(t.State);
    this.CONSUME(t.Name);
    this.OPTION(() => {
      this.CONSUME(t.Colon);
      this.SUBRULE(this.type);
    });
    this.CONSUME(t.Equals);
    this.SUBRULE(this.expression);
  });

  updateStatement = this.RULE('updateStatement', () => {
    this.OR([
      {
        ALT: () => {
          this.CONSUME(t.After);
          this.CONSUME(t.Step);
        },
      },
      {
        ALT: () => {
          this.CONSUME(t.Before);
          this.CONSUME(t.Epoch);
        },
      },
    ]);
    this.SUBRULE(this.block);
  });

  repeatStatement = this.RULE('repeatStatement', () => {
    this.CONSUME(t.Repeat);
    this.OPTION({
      GATE: () => this.LA(2).tokenType === t.In,
      DEF: () => {
        this.CONSUME(t.Name);
        this.CONSUME(t.In);
      },
    });
    this.SUBRULE(this.expression);
    this.SUBRULE(this.block);
  });

  // ── Expressions: operators are a flat list here; `build-expr.ts` gives them their precedence ────────────────────

  expression = this.RULE('expression', () => {
    this.SUBRULE(this.operation);
    this.MANY(() => {
      this.CONSUME(t.Pipe);
      this.SUBRULE2(this.operation);
    });
  });

  operation = this.RULE('operation', () => {
    this.OR({
      DEF: [
        { ALT: () => this.SUBRULE(this.conditional) },
        { GATE: () => this.LA(2).tokenType === t.For, ALT: () => this.SUBRULE(this.loop) },
        {
          ALT: () => {
            this.SUBRULE(this.operand);
            this.MANY(() => {
              this.CONSUME(t.BinarySign);
              this.SUBRULE2(this.operand);
            });
          },
        },
      ],
      ERR_MSG: 'expression',
    });
  });

  conditional = this.RULE('conditional', () => {
    this.CONSUME(t.If);
    this.SUBRULE(this.expression, { LABEL: 'condition' });
    this.CONSUME(t.Then);
    this.SUBRULE2(this.expression, { LABEL: 'then' });
    this.CONSUME(t.Else);
    // As far as it goes, pipes too: what both branches are to go through is written behind parentheses.
    this.SUBRULE3(this.expression, { LABEL: 'otherwise' });
  });

  loop = this.RULE('loop', () => {
    this.CONSUME(t.Name, { LABEL: 'reducer' });
    this.CONSUME(t.For);
    this.SUBRULE(this.forClause);
    this.MANY(() => {
      this.CONSUME(t.Comma);
      this.SUBRULE2(this.forClause);
    });
    this.OPTION(() => {
      this.CONSUME(t.Where);
      this.SUBRULE(this.expression, { LABEL: 'condition' });
    });
    this.CONSUME(t.Colon);
    this.SUBRULE2(this.expression, { LABEL: 'value' });
  });

  forClause = this.RULE('forClause', () => {
    this.CONSUME(t.Name);
    this.CONSUME(t.In);
    this.SUBRULE(this.expression);
  });

  minimum = this.RULE('minimum', () => {
    this.OR([
      { ALT: () => this.CONSUME(t.Min, { LABEL: 'word' }) },
      { ALT: () => this.CONSUME(t.Softmin, { LABEL: 'word' }) },
      { ALT: () => this.CONSUME(t.Argmin, { LABEL: 'word' }) },
    ]);
    this.CONSUME(t.Name, { LABEL: 'variable' });
    this.OR2([
      {
        ALT: () => {
          this.CONSUME(t.In);
          this.SUBRULE(this.expression, { LABEL: 'domain' });
          this.OPTION(() => {
            this.CONSUME(t.At);
            this.SUBRULE2(this.expression, { LABEL: 'beta' });
          });
        },
      },
      {
        ALT: () => {
          this.CONSUME(t.From);
          this.SUBRULE3(this.expression, { LABEL: 'start' });
          this.CONSUME(t.By);
          this.SUBRULE4(this.expression, { LABEL: 'method' });
        },
      },
    ]);
    this.CONSUME(t.LeftBrace);
    this.SUBRULE5(this.expression, { LABEL: 'value' });
    this.CONSUME(t.RightBrace);
  });

  operand = this.RULE('operand', () => {
    this.MANY(() => this.CONSUME(t.PrefixSign));
    this.OR({
      DEF: [
        { ALT: () => this.CONSUME(t.NumberLiteral) },
        { ALT: () => this.CONSUME(t.StringLiteral) },
        { ALT: () => this.CONSUME(t.True) },
        { ALT: () => this.CONSUME(t.False) },
        { GATE: () => this.beginsMinimum(), ALT: () => this.SUBRULE(this.minimum) },
        { ALT: () => this.CONSUME(t.Name) },
        { ALT: () => this.CONSUME(t.MissingMark) },
        {
          ALT: () => {
            this.CONSUME(t.LeftParen);
            this.SUBRULE(this.expression);
            this.CONSUME(t.RightParen);
          },
        },
        { ALT: () => this.SUBRULE(this.list) },
        { ALT: () => this.SUBRULE(this.settings) },
      ],
      ERR_MSG: 'expression',
    });
    this.MANY2({
      GATE: () => this.LA(1).tokenType === t.Dot || sameLine(this.LA(0), this.LA(1)),
      DEF: () => this.SUBRULE(this.postfix),
    });
  });

  list = this.RULE('list', () => {
    this.CONSUME(t.LeftSquare);
    this.OPTION(() => {
      this.SUBRULE(this.expression);
      this.MANY(() => {
        this.CONSUME(t.Comma);
        this.SUBRULE2(this.expression);
      });
      this.OPTION2(() => this.CONSUME2(t.Comma));
    });
    this.CONSUME(t.RightSquare);
  });

  postfix = this.RULE('postfix', () => {
    this.OR([
      {
        ALT: () => {
          this.CONSUME(t.Dot);
          this.CONSUME(t.Name);
        },
      },
      {
        ALT: () => {
          this.CONSUME(t.LeftParen);
          this.OPTION(() => {
            this.SUBRULE(this.argument);
            this.MANY(() => {
              this.CONSUME(t.Comma);
              this.SUBRULE2(this.argument);
            });
            this.OPTION2(() => this.CONSUME2(t.Comma));
          });
          this.CONSUME(t.RightParen);
        },
      },
      {
        ALT: () => {
          this.CONSUME(t.LeftSquare);
          this.SUBRULE(this.index);
          this.MANY2(() => {
            this.CONSUME3(t.Comma);
            this.SUBRULE2(this.index);
          });
          this.OPTION3(() => this.CONSUME4(t.Comma));
          this.CONSUME(t.RightSquare);
        },
      },
    ]);
  });

  argument = this.RULE('argument', () => {
    this.OPTION({
      GATE: () => this.LA(2).tokenType === t.Colon,
      DEF: () => {
        this.CONSUME(t.Name);
        this.CONSUME(t.Colon);
      },
    });
    this.SUBRULE(this.expression);
  });

  index = this.RULE('index', () => {
    this.OR({
      DEF: [
        {
          ALT: () => {
            this.CONSUME(t.Colon);
            this.OPTION(() => this.SUBRULE(this.expression, { LABEL: 'to' }));
          },
        },
        {
          ALT: () => {
            this.SUBRULE2(this.expression, { LABEL: 'from' });
            this.OPTION2(() => {
              this.CONSUME2(t.Colon);
              this.OPTION3(() => this.SUBRULE3(this.expression, { LABEL: 'to' }));
            });
          },
        },
      ],
      ERR_MSG: 'expression',
    });
  });

  /** Whether what comes next is the first in its block, or on a new line, or after a comma. */
  private isSeparated(): boolean {
    const before = this.LA(0);
    return before.tokenType === t.LeftBrace || before.tokenType === t.Comma || !sameLine(before, this.LA(1));
  }

  private isKeywordStatement(): boolean {
    const type = this.LA(1).tokenType;
    if (type === t.After || type === t.Before) return this.beginsUpdate();
    return type === t.Let || type === t.Repeat || ((type === t.Param || type === t.State) && this.isName(2));
  }

  private beginsUpdate(): boolean {
    return t.updateMoments.get(this.LA(1).tokenType) === this.LA(2).tokenType;
  }

  private beginsMinimum(): boolean {
    const [word, , third] = [this.LA(1), this.LA(2), this.LA(3)];
    if (![t.Min, t.Softmin, t.Argmin].includes(word.tokenType)) return false;
    return this.isName(2) && (third.tokenType === t.In || third.tokenType === t.From);
  }

  private isName(ahead: number): boolean {
    const type: TokenType = this.LA(ahead).tokenType;
    return type === t.Name || (type.CATEGORIES ?? []).includes(t.Name);
  }
}

/** The parser keeps the place it reads at, so there is one, set going anew for each piece of text. */
export const parser = new EbmParser();
export type RuleName = 'module' | 'item' | 'member' | 'statement' | 'setting' | 'field';
