/** Prints spans as a tree, which is made of nothing but their ids. */
export function printTrace(spans) {
  const known = new Set(spans.map((span) => span.spanId));
  const inOrder = spans.toSorted((a, b) => a.startMs - b.startMs);
  const print = (span, depth) => {
    console.log(`${"  ".repeat(depth)}${span.name} (${span.thread})`);
    for (const child of inOrder) if (child.parentId === span.spanId) print(child, depth + 1);
  };
  for (const span of inOrder) if (!known.has(span.parentId)) print(span, 0);
  console.log(`same trace: ${new Set(spans.map((span) => span.traceId)).size === 1}`);
}
