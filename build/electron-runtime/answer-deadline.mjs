/**
 * Loaded in front of the official package's own installer (`node --import`): a download that stays silent for
 * this long fails instead of waiting for ever. Everything else about the download is the installer's business:
 * mirror, proxy, cache, checksums.
 */
const SILENCE_MS = 10_000;

const fetchWithoutDeadline = globalThis.fetch;

globalThis.fetch = async (resource, options) => {
  const controller = new AbortController();
  const silent = () => controller.abort(new Error(`no answer for ${SILENCE_MS / 1000} seconds`));
  let timer = setTimeout(silent, SILENCE_MS);
  const stop = () => clearTimeout(timer);
  try {
    const response = await fetchWithoutDeadline(resource, { ...options, signal: controller.signal });
    if (!response.ok || response.body === null) {
      stop();
      return response;
    }
    const watch = new TransformStream({
      transform(chunk, out) {
        stop();
        timer = setTimeout(silent, SILENCE_MS);
        out.enqueue(chunk);
      },
      flush: stop,
    });
    return new Response(response.body.pipeThrough(watch), { headers: response.headers });
  } catch (error) {
    stop();
    throw error;
  }
};
