// Where a mark stands in the code, and what its mutant does there; tests/mutants/README.md has the list of both.

import { firstToken, scan } from './scan.mjs';

/** What a mark stands before: where it begins and ends, and the expression in it that a mutant changes. */
function place(text, mark) {
  let start = firstToken(text, mark);
  const from = (pattern) => pattern.exec(text.slice(start));
  const chained = from(/^\}\s*else\s+(?=if\b)/);
  if (chained) start += chained[0].length;
  const until = (at, ...stops) => scan(text, at, (text, at) => stops.some((stop) => text.startsWith(stop, at)));

  const conditional = from(/^(if|while)\s+/);
  if (conditional) return { kind: 'condition', start, ...expression(text, start + conditional[0].length, until) };
  const binding = from(/^let\b/);
  if (binding) {
    const equals = scan(text, start, (text, at) => /^=[^=>]/.test(text.slice(at, at + 2)) && !'=!<>'.includes(text[at - 1]));
    const value = equals + 1;
    return { kind: 'statement', start, value, end: until(value, ';', ' else {') };
  }
  const returned = from(/^return\s+/);
  if (returned) return { kind: 'statement', start, value: start + returned[0].length, end: until(start, ';') };
  const call = from(/^\??\.\w+(::<[^>]*>)?\(/);
  if (call) return { kind: 'argument', start, value: start + call[0].length, end: until(start + call[0].length) };
  const operator = from(/^(\|\||&&)\s*/);
  if (operator) return { kind: 'condition', start, value: start + operator[0].length, end: until(start + operator[0].length, '&&', '||', ';', ',', '{') };
  const arrow = until(start, '=>', ';', ',');
  if (text.startsWith('=>', arrow)) return arm(text, start, arrow, until);
  const field = from(/^\w+:\s+/);
  const value = start + (field?.[0].length ?? 0);
  return { kind: field ? 'field' : 'statement', start, value, end: until(value, ';', ',') };
}

function expression(text, value, until) {
  return { value, end: until(value, '{') };
}

function arm(text, start, arrow, until) {
  const guard = scan(text, start, (text, at) => at >= arrow || /^\sif\s/.test(text.slice(at, at + 4)));
  const value = arrow + 2;
  const block = text[firstToken(text, value)] === '{';
  const end = block ? scan(text, firstToken(text, value) + 1, () => false) + 1 : until(value, ',');
  return { kind: 'arm', start, value, end, arrow, guard: guard < arrow ? guard + 4 : undefined };
}

const trimmed = (text) => {
  const [, before, inner, after] = /^(\s*)([\s\S]*?)(\s*)$/.exec(text);
  return { before, inner, after };
};

/** `operation` on the place behind the mark, as `{ from, to, text }`: what stands there instead. */
export function mutate(source, mark, { operation, text }, condition) {
  const at = place(source, mark);
  const filled = (text, it) => text.replace(/\bMUTANT\b/g, () => condition).replace(/\bIT\b/g, () => it);
  const whole = (to) => source.slice(at.start, to);
  const statementEnd = source[at.end] === ';' ? at.end + 1 : at.end;
  const value = source.slice(at.value, at.end);
  const { before, inner, after } = trimmed(value);
  const replaced = (expression) => ({ from: at.value, to: at.end, text: `${before}${expression}${after}` });
  switch (operation) {
    case 'always':
    case 'never': {
      const forced = operation === 'always' ? `${condition} ||` : `!${condition} &&`;
      if (at.kind === 'arm') {
        const guarded = at.guard === undefined ? undefined : source.slice(at.guard, at.arrow).trim();
        if (operation === 'never') {
          const text = guarded === undefined ? `${whole(at.arrow).trimEnd()} if !${condition} ` : undefined;
          if (text) return { from: at.start, to: at.arrow, text };
        }
        if (guarded === undefined) throw new Error('the arm has no condition that could always hold');
        return { from: at.guard, to: at.arrow, text: `${forced} (${guarded}) ` };
      }
      const bare = /\blet\b/.test(inner);
      if (bare && operation === 'always') throw new Error('`if let` cannot always hold');
      if (bare) return replaced(`${forced} ${inner}`);
      // In brackets: else `a && b` would become `a && MUTANT || b`, which holds whenever `b` does.
      const isOperand = operation === 'always' && source.startsWith('&&', at.start);
      return replaced(isOperand ? `(${forced} (${inner}))` : `${forced} (${inner})`);
    }
    case 'instead':
      // In brackets: else it would read as a statement, or bind the wrong way.
      return replaced(/\bMUTANT\b/.test(text) ? `(${filled(text, inner)})` : `(if ${condition} { ${filled(text, inner)} } else { ${inner} })`);
    case 'before':
      return { from: at.start, to: at.start, text: `${filled(text, inner)}\n` };
    case 'after':
      return { from: statementEnd, to: statementEnd, text: `\n${filled(text, inner)}` };
    case 'skip':
      return { from: at.start, to: statementEnd, text: `if !${condition} { ${whole(statementEnd)} }` };
    default:
      throw new Error(`unknown operation ${operation}`);
  }
}

/** The same for a template of a page: the mark is a comment before `{{ … }}`, or before text. */
export function mutateTemplate(source, mark, { operation, text }, condition) {
  const start = mark;
  const printed = /^\{\{\s*([\s\S]*?)\s*\}\}/.exec(source.slice(start));
  if (operation === 'before') return { from: start, to: start, text: `{% if ${condition} %}${text}{% endif %}` };
  if (!printed) throw new Error('no {{ … }} stands behind the mark');
  const mutated = { unescaped: `{{ ${printed[1]}|safe }}`, instead: text }[operation];
  if (mutated === undefined) throw new Error(`unknown operation ${operation}`);
  return { from: start, to: start + printed[0].length, text: `{% if ${condition} %}${mutated}{% else %}${printed[0]}{% endif %}` };
}
