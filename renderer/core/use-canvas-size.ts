/** Keeps the pixels of a canvas as many as the screen has for it; gives its width in CSS pixels, 0 before it is known. */
import { type RefObject, useLayoutEffect, useState } from 'react';

export function useCanvasSize(canvas: RefObject<HTMLCanvasElement | null>, heightPx: number): number {
  const [size, setSize] = useState({ widthPx: 0, ratio: 1 });
  useLayoutEffect(() => {
    const element = canvas.current;
    if (element === null) return;
    const measure = () => {
      const widthPx = Math.round(element.getBoundingClientRect().width);
      const ratio = globalThis.devicePixelRatio;
      setSize((known) => (known.widthPx === widthPx && known.ratio === ratio ? known : { widthPx, ratio }));
    };
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, [canvas]);
  useLayoutEffect(() => {
    const element = canvas.current;
    if (element === null) return;
    const width = Math.round(size.widthPx * size.ratio);
    const height = Math.round(heightPx * size.ratio);
    // Setting the size clears the canvas, even to the same value.
    if (element.width !== width) element.width = width;
    if (element.height !== height) element.height = height;
  }, [canvas, size, heightPx]);
  return size.widthPx;
}
