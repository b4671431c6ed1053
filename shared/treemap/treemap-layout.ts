/**
 * Where the rectangles of a treemap lie: areas true to the sizes, nearly square (Bruls, Huizing, van Wijk, 2000), as deep
 * as there is room to see. Pure: pixels in, pixels out.
 */
export interface TreemapNode {
  readonly key: string;
  readonly name: string;
  readonly sizeInBytes: number;
  /** What its colour says; of a node with children, that of its largest part. */
  readonly tone: number;
  readonly children: readonly TreemapNode[];
}

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface TreemapMark extends Rectangle {
  readonly node: TreemapNode;
  /** 0 for the children of the root. */
  readonly depth: number;
  /** Nothing of what is in it is drawn: it has nothing, or there is no room. */
  readonly isLeaf: boolean;
}

/** On a screen: below it, what is inside a node is not drawn; it stands as one rectangle of its own, right in area. */
const CHILD_AREA_MIN_PX = 36;

/**
 * Parents before their children. A node of no size has no mark.
 *
 * @param childAreaMin How large a node is at least of which more than one rectangle is made.
 */
export function treemapMarks(
  root: TreemapNode,
  { width, height }: { width: number; height: number },
  childAreaMin = CHILD_AREA_MIN_PX,
): TreemapMark[] {
  const marks: TreemapMark[] = [];
  if (width > 0 && height > 0) divide(root, { x: 0, y: 0, width, height }, { depth: 0, childAreaMin, marks });
  return marks;
}

interface Division {
  readonly depth: number;
  readonly childAreaMin: number;
  readonly marks: TreemapMark[];
}

function divide(parent: TreemapNode, room: Rectangle, division: Division): void {
  const { depth, childAreaMin, marks } = division;
  const children = parent.children
    .filter(({ sizeInBytes }) => sizeInBytes > 0)
    .sort((a, b) => b.sizeInBytes - a.sizeInBytes);
  const totalBytes = children.reduce((sum, { sizeInBytes }) => sum + sizeInBytes, 0);
  if (totalBytes === 0) return;
  const areaOf = ({ sizeInBytes }: TreemapNode) => (sizeInBytes / totalBytes) * room.width * room.height;
  for (const { node, place } of squarified(children, areaOf, room)) {
    const isLeaf = node.children.length === 0 || place.width * place.height < childAreaMin;
    marks.push({ node, depth, isLeaf, ...place });
    if (!isLeaf) divide(node, place, { ...division, depth: depth + 1 });
  }
}

interface Placed {
  readonly node: TreemapNode;
  readonly place: Rectangle;
}

/** Rows along the shorter side, each as long as its rectangles get squarer. */
function squarified(
  nodes: readonly TreemapNode[],
  areaOf: (node: TreemapNode) => number,
  room: Rectangle,
): Placed[] {
  const placed: Placed[] = [];
  let free = room;
  for (let first = 0; first < nodes.length; ) {
    const side = Math.min(free.width, free.height);
    let rowArea = areaOf(nodes[first]!);
    let last = first;
    let worst = ratioOf(rowArea, rowArea, rowArea, side);
    const largest = rowArea;
    for (let next = first + 1; next < nodes.length; next++) {
      const area = areaOf(nodes[next]!);
      const ratio = ratioOf(largest, area, rowArea + area, side);
      if (ratio > worst) break;
      [worst, rowArea, last] = [ratio, rowArea + area, next];
    }
    const row = nodes.slice(first, last + 1);
    free = placeRow(row, areaOf, { rowArea, free, isLast: last === nodes.length - 1 }, placed);
    first = last + 1;
  }
  return placed;
}

/** The worst of the row's rectangles: how many times longer than wide. */
function ratioOf(largest: number, smallest: number, rowArea: number, side: number): number {
  const square = side * side;
  return Math.max((square * largest) / (rowArea * rowArea), (rowArea * rowArea) / (square * smallest));
}

/** @returns what is left of the room */
function placeRow(
  row: readonly TreemapNode[],
  areaOf: (node: TreemapNode) => number,
  { rowArea, free, isLast }: { readonly rowArea: number; readonly free: Rectangle; readonly isLast: boolean },
  placed: Placed[],
): Rectangle {
  const isColumn = free.width >= free.height;
  const side = isColumn ? free.height : free.width;
  const room = isColumn ? free.width : free.height;
  const thickness = isLast ? room : Math.min(room, rowArea / side);
  let at = isColumn ? free.y : free.x;
  for (const node of row) {
    const length = (areaOf(node) / rowArea) * side;
    const place = isColumn
      ? { x: free.x, y: at, width: thickness, height: length }
      : { x: at, y: free.y, width: length, height: thickness };
    placed.push({ node, place });
    at += length;
  }
  return isColumn
    ? { ...free, x: free.x + thickness, width: free.width - thickness }
    : { ...free, y: free.y + thickness, height: free.height - thickness };
}

/** The deepest mark at a place, with those around it from the outermost on. */
export function marksAt(marks: readonly TreemapMark[], x: number, y: number): TreemapMark[] {
  return marks.filter(
    (mark) => x >= mark.x && x < mark.x + mark.width && y >= mark.y && y < mark.y + mark.height,
  );
}
