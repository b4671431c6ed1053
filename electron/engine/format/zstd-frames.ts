/**
 * Zstandard by the bundled WebAssembly build: Kafka's frames carry no content size as a rule, and may be several.
 *
 * The library's own entry point allocates whatever a frame promises, up to 1 GiB; here the output buffer is
 * never larger than the caller's limit. (Node 20 has no zstd; the native build clashes with the system's library.)
 */
import { _WasmModule } from '@cloudpss/zstd/wasm';

/** The library's functions that are used here; addresses are indexes into HEAPU8. */
interface ZstdModule {
  readonly HEAPU8: Uint8Array;
  _malloc(size: number): number;
  _free(at: number): void;
  _ZSTD_compressBound(size: number): number;
  _ZSTD_decompressBound(source: number, size: number): number;
  _ZSTD_isError(result: number): number;
  _ZSTD_getErrorName(result: number): number;
  _compress(target: number, capacity: number, source: number, size: number, level: number): number;
  _decompress(target: number, capacity: number, source: number, size: number): number;
  UTF8ToString(at: number): string;
}

const zstd = _WasmModule as unknown as ZstdModule;

const CONTENT_SIZE_ERROR = 2 ** 32 - 2;
const DEFAULT_LEVEL = 3;
const TOO_SMALL = 'Destination buffer is too small';

/** @returns The content, 'too-large', or what is wrong as `{ flaw }`. */
export function decodeZstdFrames(
  bytes: Uint8Array,
  maxBytes: number,
): Uint8Array | 'too-large' | { flaw: string } {
  const source = copyToHeap(bytes);
  try {
    const bound = zstd._ZSTD_decompressBound(source, bytes.length) >>> 0;
    if (bound === CONTENT_SIZE_ERROR) return { flaw: 'it holds no zstd frame' };
    const capacity = Math.min(bound, maxBytes);
    const target = allocate(capacity);
    try {
      const size = zstd._decompress(target, capacity, source, bytes.length);
      if (zstd._ZSTD_isError(size) === 0) return zstd.HEAPU8.slice(target, target + (size >>> 0));
      const flaw = zstd.UTF8ToString(zstd._ZSTD_getErrorName(size));
      return flaw === TOO_SMALL && bound > maxBytes ? 'too-large' : { flaw };
    } finally {
      zstd._free(target);
    }
  } finally {
    zstd._free(source);
  }
}

/** One frame at Kafka's default level, 3. */
export function encodeZstdFrame(bytes: Uint8Array): Uint8Array {
  const source = copyToHeap(bytes);
  try {
    const capacity = zstd._ZSTD_compressBound(bytes.length) >>> 0;
    const target = allocate(capacity);
    try {
      const size = zstd._compress(target, capacity, source, bytes.length, DEFAULT_LEVEL);
      if (zstd._ZSTD_isError(size) !== 0) throw new Error(zstd.UTF8ToString(zstd._ZSTD_getErrorName(size)));
      return zstd.HEAPU8.slice(target, target + (size >>> 0));
    } finally {
      zstd._free(target);
    }
  } finally {
    zstd._free(source);
  }
}

function copyToHeap(bytes: Uint8Array): number {
  const at = allocate(bytes.length);
  zstd.HEAPU8.set(bytes, at);
  return at;
}

function allocate(size: number): number {
  const at = zstd._malloc(Math.max(size, 1));
  if (at === 0) throw new Error(`zstd: no memory for ${size} bytes`);
  return at;
}
