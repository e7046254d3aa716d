// Finds the places of a TypeScript file where it can be broken in a small way.
import ts from "typescript";

const SWAPPED = new Map([
  ["<", "<="],
  ["<=", "<"],
  [">", ">="],
  [">=", ">"],
  ["===", "!=="],
  ["!==", "==="],
  ["&&", "||"],
  ["||", "&&"],
  ["+", "-"],
  ["-", "+"],
  ["*", "+"],
  ["<<", ">>"],
  ["&", "|"],
  ["|", "&"],
  ["+=", "-="],
  ["-=", "+="],
]);

/** Gives all places: from where to where, what stands there then, and what kind of breakage that is. */
export function placesIn(file, text) {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const places = [];
  const add = (kind, node, replacement) => {
    const [start, end] = [node.getStart(source), node.getEnd()];
    const line = source.getLineAndCharacterOfPosition(start).line + 1;
    places.push({ file, kind, start, end, line, replacement });
  };
  const visit = (node) => {
    // What has gone when it is built, and what only words an error.
    if (ts.isTypeNode(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node))
      return;
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return;
    if (ts.isThrowStatement(node)) return;
    collect(node, source, add);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return places;
}

function collect(node, source, add) {
  if (ts.isBinaryExpression(node)) {
    const swapped = SWAPPED.get(node.operatorToken.getText(source));
    if (swapped !== undefined && !joinsText(node)) add("operator", node.operatorToken, swapped);
    if (node.operatorToken.kind === ts.SyntaxKind.QuestionQuestionToken) {
      add("no default", node, node.left.getText(source));
    }
  } else if (ts.isNumericLiteral(node) && !ts.isPropertyAssignment(node.parent)) {
    add("constant", node, offByOne(node));
  } else if (node.kind === ts.SyntaxKind.TrueKeyword || node.kind === ts.SyntaxKind.FalseKeyword) {
    if (!ts.isLiteralTypeNode(node.parent))
      add("constant", node, node.kind === ts.SyntaxKind.TrueKeyword ? "false" : "true");
  } else if (ts.isExpressionStatement(node)) {
    if (!isSuper(node.expression)) add("dropped statement", node, ";");
  } else if (ts.isIfStatement(node)) {
    const condition = node.expression.getText(source);
    add("condition", node.expression, `!(${condition})`);
    if (node.elseStatement !== undefined) {
      const [yes, no] = [node.thenStatement.getText(source), node.elseStatement.getText(source)];
      add("swapped branches", node, `if (${condition}) ${block(no)} else ${block(yes)}`);
    }
  } else if (ts.isConditionalExpression(node)) {
    const [test, yes, no] = [node.condition, node.whenTrue, node.whenFalse].map((part) =>
      part.getText(source),
    );
    add("swapped branches", node, `${test} ? ${no} : ${yes}`);
  } else if (ts.isAwaitExpression(node)) {
    add("dropped await", node, node.expression.getText(source));
  } else if (ts.isPrefixUnaryExpression(node)) {
    const { operator, operand } = node;
    if (operator === ts.SyntaxKind.ExclamationToken)
      add("condition", node, operand.getText(source));
    if (operator === ts.SyntaxKind.PlusPlusToken)
      add("operator", node, `--${operand.getText(source)}`);
  } else if (ts.isReturnStatement(node) && node.expression === undefined) {
    add("dropped return", node, ";");
  } else if (ts.isBreakStatement(node) && !ts.isCaseOrDefaultClause(node.parent)) {
    add("dropped break", node, ";");
  } else if (ts.isContinueStatement(node)) {
    add("dropped continue", node, ";");
  }
}

function joinsText({ left, right }) {
  return [left, right].some(
    (side) => ts.isStringLiteralLike(side) || ts.isTemplateExpression(side),
  );
}

/** Small numbers count something; of large ones, mostly limits, it is seen only when they are gone. */
function offByOne(node) {
  const value = Number(node.text);
  if (!Number.isSafeInteger(value) || value > 16) return "0";
  return String(value === 1 ? 0 : value + 1);
}

function isSuper(expression) {
  return (
    ts.isCallExpression(expression) && expression.expression.kind === ts.SyntaxKind.SuperKeyword
  );
}

function block(text) {
  return text.startsWith("{") ? text : `{ ${text} }`;
}
