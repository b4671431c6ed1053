/** Areas of the treemap: true to the sizes, tiling the room, as deep as there is room to see. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { marksAt, type TreemapNode, treemapMarks } from '../../../shared/treemap/treemap-layout';

const ROOM = { width: 400, height: 300 };

function node(name: string, sizes: number | readonly TreemapNode[]): TreemapNode {
  const children = typeof sizes === 'number' ? [] : sizes;
  const sizeInBytes =
    typeof sizes === 'number' ? sizes : sizes.reduce((sum, child) => sum + child.sizeInBytes, 0);
  return { key: name, name, sizeInBytes, tone: 0, children };
}

describe('treemapMarks', () => {
  it('gives each node the area of its share', () => {
    const root = node('', [node('a', 60), node('b', 30), node('c', 10), node('none', 0)]);
    const marks = treemapMarks(root, ROOM);
    expect(marks.map(({ node: { name }, width, height }) => [name, Math.round(width * height)])).toEqual([
      ['a', 72_000],
      ['b', 36_000],
      ['c', 12_000],
    ]);
  });

  it('puts parents before their children, and stops where there is no room', () => {
    const root = node('', [node('a', [node('a1', 1_000_000), node('a2', 999)]), node('b', [node('b1', 1)])]);
    const marks = treemapMarks(root, ROOM);
    expect(marks.map(({ node: { name }, depth, isLeaf }) => [name, depth, isLeaf])).toEqual([
      ['a', 0, false],
      ['a1', 1, true],
      ['a2', 1, true],
      ['b', 0, true],
    ]);
  });

  it('tiles the room without overlap, whatever the sizes', () => {
    const sizes = fc.array(fc.oneof(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 1e12 })), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(sizes, (drawn) => {
        const root = node(
          '',
          drawn.map((size, index) => node(String(index), size)),
        );
        const marks = treemapMarks(root, ROOM);
        const total = drawn.reduce((sum, size) => sum + size, 0);
        const area = marks.reduce((sum, { width, height }) => sum + width * height, 0);
        expect(area).toBeCloseTo(total === 0 ? 0 : ROOM.width * ROOM.height, 3);
        for (const { x, y, width, height } of marks) {
          expect(Math.min(x, y, width, height)).toBeGreaterThanOrEqual(-1e-6);
          expect(x + width).toBeLessThanOrEqual(ROOM.width + 1e-6);
          expect(y + height).toBeLessThanOrEqual(ROOM.height + 1e-6);
        }
      }),
    );
  });
});

describe('marksAt', () => {
  it('finds the path from the outermost on', () => {
    const marks = treemapMarks(node('', [node('a', [node('a1', 10), node('a2', 10)]), node('b', 5)]), ROOM);
    expect(marksAt(marks, 1, 1).map((mark) => mark.node.name)).toEqual(['a', 'a1']);
    expect(marksAt(marks, 399, 299).map((mark) => mark.node.name)).toEqual(['b']);
    expect(marksAt(marks, 500, 1)).toEqual([]);
  });
});
